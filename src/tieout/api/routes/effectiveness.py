"""How well imports and match runs did."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.words import Day, FileId, Instant, Out, ReconciliationId, RunId, instant
from tieout.core.effectiveness import Days, Part
from tieout.workflows.views.effectiveness import effectiveness

router = Router(tags=["watching"])


class PartOut(Out):
    """So many of so many."""

    count: int
    of: int


class DaysOut(Out):
    """How many days."""

    middle: int
    longest: int
    records: int
    """Of how many records."""


class ImportDoneOut(Out):
    """A file that was read, and how well."""

    file_id: FileId
    name: str
    read_at: Instant
    completeness: PartOut
    """Records read, of those in the file."""
    timeliness: DaysOut | None
    """From a record's own day to the day it was read."""
    held: dict[str, int]
    """Why records were held back, and how many."""


class MatchDoneOut(Out):
    """A match run, and how well; null where an earlier version of the program made it."""

    run_id: RunId
    reconciliation_id: ReconciliationId
    name: str
    started_at: Instant
    completeness: PartOut | None
    """Records in a group or open with a reason, of all."""
    timeliness: DaysOut | None
    """How long what it left open had been open."""
    automatic: PartOut | None
    """Records in groups that a rule confirmed, of all."""
    accuracy: PartOut | None
    """Groups confirmed by rule or, as proposed, by a person and neither rejected nor undone."""


class EffectivenessOut(Out):
    """Newest first, at most two hundred of each."""

    imports: list[ImportDoneOut]
    matches: list[MatchDoneOut]


@router.get("/effectiveness", response=EffectivenessOut)
def show_effectiveness(request: Request, first_on: Day, last_on: Day) -> EffectivenessOut:
    """How well the imports and match runs of some days (UTC) did, in exact parts."""
    found = effectiveness(request.caller, first_on=first_on, last_on=last_on)
    return EffectivenessOut(
        imports=[
            ImportDoneOut(
                file_id=each.file_id,
                name=each.name,
                read_at=instant(each.read_at),
                completeness=PartOut(count=each.completeness.count, of=each.completeness.of),
                timeliness=_days(each.timeliness),
                held=dict(each.held),
            )
            for each in found.imports
        ],
        matches=[
            MatchDoneOut(
                run_id=each.run_id,
                reconciliation_id=each.reconciliation_id,
                name=each.name,
                started_at=instant(each.started_at),
                completeness=_part(each.completeness),
                timeliness=_days(each.timeliness),
                automatic=_part(each.automatic),
                accuracy=_part(each.accuracy),
            )
            for each in found.matches
        ],
    )


def _part(said: Part | None) -> PartOut | None:
    return PartOut(count=said.count, of=said.of) if said else None


def _days(said: Days | None) -> DaysOut | None:
    if said is None:
        return None
    return DaysOut(middle=said.middle, longest=said.longest, records=said.records)
