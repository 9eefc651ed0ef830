"""Books on the server, for tests: a folder's files received, taken as a snapshot, explained."""

import io
import zipfile
from pathlib import Path

from tests.store.firms import NOW, organisation
from tieout.core.access import Role
from tieout.core.explain.certifying import ClosingPolicy
from tieout.formats.common.source import Source
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.certify_period import certify_period, prepare_period, review_period
from tieout.workflows.closing_policy import set_closing_policy
from tieout.workflows.explain_books import BooksExplained, explain_books
from tieout.workflows.receive_file import receive_file
from tieout.workflows.set_books import set_books
from tieout.workflows.take_snapshot import SnapshotTaken, take_snapshot

DEMO = Path("src/tieout/cli/demo_books").resolve()
"""The worked example."""


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a books folder by name."""
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def zipped(files: dict[str, bytes], inside: str = "") -> bytes:
    """The files as one archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{inside}{name}", content)
    return whole.getvalue()


class Closing:
    """A firm with books; its owner prepares, a reviewer reviews and certifies."""

    def __init__(self, files: dict[str, bytes], name: str = "Marlowe") -> None:
        self.owner = organisation(name)
        self.reviewer = add_member(self.owner, email="r@example.org", role=Role.REVIEWER, now=NOW)
        self.books_id = set_books(self.owner, name="Main books", now=NOW)
        self.take(files)
        self.run = self.explain()

    def take(self, files: dict[str, bytes]) -> SnapshotTaken:
        """Receive the files and take them as a snapshot."""
        received = {
            name: receive_file(self.owner, source=Source(name, content), now=NOW).file_id
            for name, content in files.items()
        }
        return take_snapshot(self.owner, books_id=self.books_id, files=received, now=NOW)

    def explain(self, keep: Path | None = None) -> BooksExplained:
        """Explain the newest snapshot."""
        return explain_books(self.owner, books_id=self.books_id, now=NOW, keep=keep)

    def allow(self, ledger: str = "AR", **policy: object) -> None:
        """Set a policy."""
        set_closing_policy(
            self.owner,
            books_id=self.books_id,
            ledger=ledger,
            policy=ClosingPolicy(**policy),  # type: ignore[arg-type]
            reason="as agreed",
            now=NOW,
        )

    def prepare(self, period: int, ledger: str = "AR", who: Caller | None = None) -> int:
        """Prepare a period of the newest run."""
        return prepare_period(
            who or self.owner,
            books_id=self.books_id,
            ledger=ledger,
            period=period,
            run_id=self.run.run_id,
            now=NOW,
        )

    def review(self, period: int, ledger: str = "AR", who: Caller | None = None) -> int:
        """Review it."""
        return review_period(
            who or self.reviewer, books_id=self.books_id, ledger=ledger, period=period, now=NOW
        )

    def certify(self, period: int, ledger: str = "AR", who: Caller | None = None) -> int:
        """Certify it."""
        return certify_period(
            who or self.reviewer, books_id=self.books_id, ledger=ledger, period=period, now=NOW
        )

    def sign(self, period: int, ledger: str = "AR") -> None:
        """All three steps."""
        self.prepare(period, ledger)
        self.review(period, ledger)
        self.certify(period, ledger)
