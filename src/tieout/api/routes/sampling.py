"""The sample of a prepared period: how it was drawn, and what a reviewer says of its cases."""

from ninja import Router

from tieout.api.door import Request
from tieout.api.routes.closing import PERIOD
from tieout.api.words import (
    BooksId,
    CaseId,
    CertificationId,
    In,
    Instant,
    ItemId,
    LookId,
    MemberId,
    Out,
    PeriodNumber,
    Text,
    instant,
)
from tieout.core.explain.books import SubLedger
from tieout.core.explain.sampling import Verdict
from tieout.workflows.look_at_sample import look_at_case
from tieout.workflows.views.sample import SampledView, SampleView, sample_view

router = Router(tags=["certification"])


class SampledOut(Out):
    """A case of the sample, with what was said of it."""

    id: CaseId
    name: str
    item_id: ItemId
    sentence: str
    size_minor: int
    """Minor units of the base currency."""
    is_above: bool
    """In the sample for its size, not by chance."""
    verdict: Verdict | None
    """Null: nobody has looked at it."""
    comment: str
    looked_by: MemberId | None
    looked_at: Instant | None


class SampleOut(Out):
    """A sample, and all that is needed to draw it again; minor units of the base currency."""

    certification_id: CertificationId
    """The preparation."""
    seed: str
    """Hexadecimal: the hash of the audit event of the preparation."""
    event_sequence: int
    """Its number in the audit chain."""
    method: str
    percent: int
    """Of the cases not above the amount."""
    most: int
    """So many of them at most."""
    above_minor: int | None
    """Every larger case is in the sample; null: none for its size."""
    population_count: int
    population_minor: int
    left_count: int
    """Cases to look at before the period can be approved."""
    cases: list[SampledOut]
    """In their order."""


class PeriodSampleOut(Out):
    """The sample of the last preparation; null where none was drawn."""

    sample: SampleOut | None


class LookIn(In):
    """What is said of a case; one that is wrong needs a comment, and suspends the period."""

    case_id: CaseId
    verdict: Verdict
    comment: Text = ""


class LookMade(Out):
    """What was said, as it is kept."""

    id: LookId


@router.get(f"{PERIOD}/sample", response=PeriodSampleOut)
def show_sample(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber
) -> PeriodSampleOut:
    """What the reviewer of a period looks at, and how anybody draws it again."""
    found = sample_view(request.caller, books_id=books_id, ledger=ledger, period=period)
    return PeriodSampleOut(sample=_sample(found) if found else None)


@router.post(f"{PERIOD}/sample", response={201: LookMade})
def look_at(
    request: Request, books_id: BooksId, ledger: SubLedger, period: PeriodNumber, body: LookIn
) -> LookMade:
    """Say that a sampled case is right, or wrong and why; never by the preparer."""
    made = look_at_case(
        request.caller,
        books_id=books_id,
        ledger=ledger,
        period=period,
        case_id=body.case_id,
        verdict=body.verdict,
        comment=body.comment,
        now=request.at,
    )
    return LookMade(id=made)


def _sample(found: SampleView) -> SampleOut:
    return SampleOut(
        certification_id=found.certification_id,
        seed=found.seed,
        event_sequence=found.event_sequence,
        method=found.method,
        percent=found.plan.percent,
        most=found.plan.most,
        above_minor=found.plan.above_minor,
        population_count=found.population_count,
        population_minor=found.population_minor,
        left_count=found.left_count,
        cases=[_sampled(each) for each in found.cases],
    )


def _sampled(each: SampledView) -> SampledOut:
    return SampledOut(
        id=each.case_id,
        name=each.case_name,
        item_id=each.item_id,
        sentence=each.sentence,
        size_minor=each.size_minor,
        is_above=each.is_above,
        verdict=each.verdict,
        comment=each.comment,
        looked_by=each.looked_by,
        looked_at=instant(each.looked_at) if each.looked_at else None,
    )
