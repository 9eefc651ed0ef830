"""The roof's side of the commands that need a database."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.config import clock
from tieout.config.environment import Environment

if TYPE_CHECKING:
    from tieout.config.database import Opened
    from tieout.keeping.site import Site
    from tieout.signatures.keys import KeyStore


class Wired:
    """Handed to the command line by `tieout.__main__`; nothing is read or started until asked."""

    @property
    def home(self) -> Path:
        return Environment.of().home

    @property
    def keys(self) -> "KeyStore":
        from tieout.signatures.keys import KeyStore  # noqa: PLC0415  start-up time counts

        return KeyStore(self.home, Environment.of().signing_key)

    def now(self) -> datetime:
        return clock.now()

    def opened(self, *, is_migrated: bool = False) -> AbstractContextManager["Opened"]:
        from tieout.config.database import opened  # noqa: PLC0415  start-up time counts

        return opened(Environment.of(), is_migrated=is_migrated)

    def settings_given(self) -> dict[str, bool]:
        return Environment.given()

    def site(self) -> "Site":
        from tieout.keeping.site import Site  # noqa: PLC0415  start-up time counts

        said = Environment.of()
        return Site(
            said.home,
            said.programs,
            said.account,
            said.database_url,
            said.owner_url,
            said.backup_url,
            secrets_outside=tuple(
                name
                for name, given in (
                    ("TIEOUT_SECRET_KEY", said.secret_key),
                    ("TIEOUT_SIGNING_KEY", said.signing_key),
                )
                if given
            ),
        )

    def work(self, *, concurrency: int, heartbeat_seconds: float) -> None:
        from tieout.jobs.worker import work  # noqa: PLC0415  as above

        work(concurrency=concurrency, heartbeat_seconds=heartbeat_seconds)
