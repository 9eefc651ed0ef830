"""What a sandbox has proved: all has been run there with its settings as they stand.

Every reconciliation over records, and every books: explained from their newest snapshot, read by
the mapping that the settings have, under the policies that they have.

A part of a verb's transaction; it looks into the sandbox's tenant.
"""

from collections.abc import Iterator

from tieout.core.errors import Conflict
from tieout.store.closing.models import Books
from tieout.store.closing.runs import newest_run
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import MatchRun, Reconciliation
from tieout.store.tenancy.models import Sandbox, SettingsVersion
from tieout.workflows.explain_books import is_known
from tieout.workflows.take_snapshot import newest_snapshot


def document_of(sandbox: Sandbox) -> str:
    """The settings of the sandbox as they stand there."""
    with tenant(sandbox.copy):
        return _latest().document


def require_proved(sandbox: Sandbox, document: str) -> None:
    """Raise `Conflict`, with what is missing, unless the sandbox has proved this document."""
    with tenant(sandbox.copy):
        latest = _latest()
        if latest.document != document:
            found = f"settings_version:{latest.pk} there, which says something else"
            raise Conflict("settings.stale", found, "the settings that were proposed", sandbox.name)
        missing = _missing(latest)
    if missing:
        expected = "a run of every reconciliation with the settings as they stand there"
        raise Conflict("sandbox.not-proved", "; ".join(missing), expected, sandbox.name)


def _latest() -> SettingsVersion:
    latest = SettingsVersion.objects.order_by("-id").first()
    assert latest is not None  # it was made with the sandbox
    return latest


def _missing(latest: SettingsVersion) -> list[str]:
    """What there is no run of, in words."""
    pairs = Reconciliation.objects.filter(ended_at__isnull=True).order_by("name", "id")
    books = Books.objects.filter(ended_at__isnull=True).order_by("name", "id")
    if not pairs and not books:
        return ["no reconciliation that could be run, and no books that could be explained"]
    return [
        *(f"{said} {each.name}{then}" for each in pairs for said, then in _of_pair(each, latest)),
        *(f"{said} {each.name}{then}" for each in books for said, then in _of_books(each)),
    ]


def _of_pair(pair: Reconciliation, latest: SettingsVersion) -> Iterator[tuple[str, str]]:
    """What is missing of a reconciliation: what stands before its name and behind it."""
    runs = MatchRun.objects.filter(reconciliation=pair, settings=latest)
    if not runs.exists():
        yield "no run of", " since its settings changed last"
    elif not any(run.left_count + run.right_count for run in runs):
        yield "only runs of", " over no records"


def _of_books(books: Books) -> Iterator[tuple[str, str]]:
    """The same of books."""
    snapshot, run = newest_snapshot(books.pk), newest_run(books.pk)
    if snapshot is None or snapshot.mapping != books.mapping:
        yield "no snapshot of", " since its mapping changed last"
    elif run is None or not is_known(run, snapshot):
        yield "no explanation of", " as its snapshot and policies stand"
    elif not run.ledgers:
        yield "only an explanation of", " without a ledger"
