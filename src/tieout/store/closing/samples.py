"""Samples as they are kept: the cases of one, and which of them nobody has looked at."""

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet

from tieout.core.explain.certifying import ClosingStep
from tieout.core.explain.sampling import Drawn, SamplePlan, Verdict
from tieout.store.closing.models import Certification, Look, Sample, SampledCase


def keep_sample(
    prepared: Certification,
    drawn: Drawn,
    plan: SamplePlan,
    seed: bytes,
    case_ids: Mapping[str, int],
) -> Sample:
    """The sample of a preparation; `case_ids` has the id of each drawn case by its name."""
    made = Sample.objects.create(
        organisation_id=prepared.organisation_id,
        certification=prepared,
        seed=seed,
        percent=plan.percent,
        most=plan.most,
        above_minor=plan.above_minor,
        population_count=drawn.population_count,
        population_minor=drawn.population_minor,
    )
    SampledCase.objects.bulk_create(
        SampledCase(
            organisation_id=prepared.organisation_id,
            sample=made,
            case_id=case_ids[each.name],
            place=place,
            size_minor=each.size_minor,
            is_above=each.is_above,
        )
        for place, each in enumerate(drawn.cases, 1)
    )
    return made


def last_preparation(books_id: int, ledger: str, period: int) -> Certification | None:
    """The step by which the period was last prepared."""
    found = Certification.objects.filter(books_id=books_id, ledger=ledger, period=period)
    return found.filter(step=ClosingStep.PREPARED).order_by("-id").first()


def sample_of(prepared: Certification) -> Sample | None:
    """What was drawn then; None where the policy asked for nothing."""
    return Sample.objects.filter(certification=prepared).first()


def not_looked_at(sample: Sample, preparer_id: int) -> QuerySet[SampledCase]:
    """Its cases that nobody but the preparer found right, in their order."""
    about = Look.objects.filter(sample=sample, case_id=OuterRef("case_id"))
    right = about.filter(verdict=Verdict.RIGHT).exclude(looked_by_id=preparer_id)
    wrong = about.filter(verdict=Verdict.WRONG)
    found = SampledCase.objects.filter(sample=sample).order_by("place")
    return found.filter(~Exists(right) | Exists(wrong))
