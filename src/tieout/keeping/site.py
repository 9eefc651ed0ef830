"""Where a site is kept: its home folder, and the database as a role that sees every row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tieout.core.errors import InvalidInput, NotFound
from tieout.store.postgres.address import Address
from tieout.store.postgres.server import SUPERUSER, EmbeddedServer

NOT_KEPT = ("data", "passwords.json", "static", "postgresql-*", "new-*", "restoring-*", "before-*",
            "*.lock", "*.log", "tmp*", ".*", "kept-work")  # fmt: skip
"""What a home has that another machine makes for itself."""


@dataclass(frozen=True)
class Site:
    """One installation, as the environment describes it."""

    home: Path
    programs: Path | None = None
    account: str = ""
    database_url: str = field(default="", repr=False)
    owner_url: str = field(default="", repr=False)
    backup_url: str = field(default="", repr=False)
    is_safe: bool = True
    """Off for tests and scratch copies: faster, and lost at a power cut."""
    secrets_outside: tuple[str, ...] = ()
    """Names of secrets that the environment gives, and that no backup of the home can hold."""

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the one below the home."""
        return not self.database_url

    @property
    def is_set_up(self) -> bool:
        """Whether there is anything: a database of one's own counts as being there."""
        return bool(self.database_url) or (self.home / "data" / "PG_VERSION").exists()

    def server(self, home: Path | None = None, *, is_safe: bool | None = None) -> EmbeddedServer:
        """The embedded server of this home, or of another one with the same programs."""
        safe = self.is_safe if is_safe is None else is_safe
        return EmbeddedServer(home or self.home, self.programs, self.account, is_safe=safe)

    @contextmanager
    def all_seeing(self) -> Iterator[Address]:
        """The database as a role for which row security does not hold; it is only read."""
        if not self.is_embedded:
            if not self.backup_url:
                raise InvalidInput(
                    "store.no-server",
                    "a database of your own that is not said how to read as a whole",
                    "TIEOUT_BACKUP_URL: the same database as a superuser, or a role with bypassrls",
                )
            yield Address.of(self.backup_url)
            return
        if not self.is_set_up:
            raise NotFound("store.no-server", "nothing", "a database", str(self.home))
        server = self.server()
        server.start()
        try:
            yield server.address(SUPERUSER)
        finally:
            server.stop()

    def kept_files(self) -> list[Path]:
        """Files of the home that belong to the site: keys, secrets, letters; sorted."""
        if not self.home.exists():
            return []
        tops = [
            each
            for each in self.home.iterdir()
            if not any(each.match(pattern) for pattern in NOT_KEPT)
        ]
        found = [each for top in tops for each in ([top] if top.is_file() else top.rglob("*"))]
        return sorted(each for each in found if each.is_file() and not each.is_symlink())
