"""One coverage-guided campaign over one reader; atheris ends its process, so it has its own.

`python tests/soak/campaign.py FORMAT SECONDS FOLDER`: seeds are the golden files; an input that
breaks a promise is left in FOLDER, to be mended and kept under `tests/regressions/FORMAT/`.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tieout.formats"]):
    from tieout.core.errors import TieoutError
    from tieout.formats.common.source import Source
    from tieout.formats.registry import format_named
    from tieout.testing.formats import GOLDEN, check_promises

    READER = format_named(sys.argv[1])


def one_input(data: bytes) -> None:
    """A reading that keeps its promises or a coded error; anything else is a find."""
    try:
        reading = READER.read(Source("fuzzed", data), {})
    except TieoutError:
        return
    check_promises(reading)


def main() -> None:
    """Run until the time is up; a find ends the process with an error."""
    name, seconds, folder = sys.argv[1:4]
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-timeout=120",  # seconds of the clock: a busy machine is no find
            "-rss_limit_mb=2048",
            "-max_len=20000",
            f"-artifact_prefix={folder}/",
            str(Path(folder)),
            str(GOLDEN / name),
        ],
        one_input,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
