"""The sample of a period that is prepared: how it was drawn, its cases, who looked at them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from tieout.core.access import Action
from tieout.core.explain.sampling import METHOD, SamplePlan, Verdict
from tieout.store.audit.models import Event
from tieout.store.closing.models import CauseItem, Certification, Look, Sample, SampledCase
from tieout.store.closing.runs import standing_items
from tieout.store.closing.samples import last_preparation, not_looked_at, sample_of
from tieout.workflows.acting import Caller, looking
from tieout.workflows.set_books import access_books


@dataclass(frozen=True, slots=True)
class SampledView:
    """A case of the sample, with what was said of it."""

    case_id: int
    case_name: str
    item_id: int
    """The first of its items that stand."""
    sentence: str
    size_minor: int
    is_above: bool
    verdict: Verdict | None
    """None: nobody has looked at it."""
    comment: str
    looked_by: int | None
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample, and all that is needed to draw it again."""

    sample_id: int
    certification_id: int
    """The preparation."""
    preparer_id: int
    seed: str
    """Hexadecimal: the hash of the audit event of the preparation."""
    event_sequence: int
    method: str
    plan: SamplePlan
    population_count: int
    population_minor: int
    cases: tuple[SampledView, ...]
    left_count: int
    """Cases that nobody but the preparer found right."""


def sample_view(caller: Caller, *, books_id: int, ledger: str, period: int) -> SampleView | None:
    """The sample of the last preparation; None where none was drawn."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        prepared = last_preparation(books_id, ledger, period)
        sample = sample_of(prepared) if prepared else None
        return view_of(sample, prepared) if sample and prepared else None


def view_of(sample: Sample, prepared: Certification) -> SampleView:
    """Within a tenant: a sample as it is shown."""
    preparer_id = prepared.taken_by_id or 0
    looks = {each.case_id: each for each in Look.objects.filter(sample=sample).order_by("id")}
    sampled = list(
        SampledCase.objects.filter(sample=sample).select_related("case").order_by("place")
    )
    case_ids = [each.case_id for each in sampled]
    standing = standing_items(prepared.run, prepared.ledger, prepared.period).order_by()
    firsts = standing.filter(case_id__in=case_ids).values("case_id").annotate(id=Min("id"))
    items = {
        each.case_id: each
        for each in CauseItem.objects.filter(id__in=[one["id"] for one in firsts])
    }
    event = Event.objects.get(subject=str(prepared), verb="prepare_period")
    return SampleView(
        sample.pk,
        prepared.pk,
        preparer_id,
        bytes(sample.seed).hex(),
        event.sequence,
        METHOD,
        sample.plan,
        sample.population_count,
        sample.population_minor,
        tuple(_sampled(each, items[each.case_id], looks.get(each.case_id)) for each in sampled),
        not_looked_at(sample, preparer_id).count(),
    )


def _sampled(sampled: SampledCase, item: CauseItem, look: Look | None) -> SampledView:
    return SampledView(
        sampled.case_id,
        sampled.case.name,
        item.pk,
        item.sentence,
        sampled.size_minor,
        sampled.is_above,
        Verdict(look.verdict) if look else None,
        look.comment if look else "",
        look.looked_by_id if look else None,
        look.looked_at if look else None,
    )
