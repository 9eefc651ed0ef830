"""The part of an evidence pack about samples: how each was drawn, and who looked at its cases."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from tieout.core.explain.certifying import ClosingStep
from tieout.core.explain.sampling import METHOD
from tieout.core.spreadsheets import amount
from tieout.files.evidence_pack import PackWriter
from tieout.store.closing.models import Books, Certification, Sample
from tieout.store.closing.runs import steps_of
from tieout.store.closing.samples import sample_of
from tieout.workflows.views.sample import view_of

SAMPLE_COLUMNS = (
    "sample", "books", "ledger", "period", "certification", "method", "percent", "at most",
    "all above", "population", "population size", "currency", "drawn", "not looked at", "seed",
    "event of the chain",
)  # fmt: skip
CASE_COLUMNS = (
    "sample", "books", "ledger", "period", "place", "case", "size", "currency", "for its size",
    "verdict", "who", "when (UTC)", "comment",
)  # fmt: skip

PeriodOfBooks = tuple[int, str, int]
Row = tuple[object, ...]


def write_samples(
    pack: PackWriter,
    several: list[Books],
    keys: AbstractSet[PeriodOfBooks],
    names: Mapping[int, str],
) -> None:
    """Every sample that was drawn for these periods, also of preparations that were suspended."""
    found = [
        (books, step, sample)
        for books in several
        for step in steps_of(books.pk).select_related("run").filter(step=ClosingStep.PREPARED)
        if (books.pk, step.ledger, step.period) in keys and (sample := sample_of(step)) is not None
    ]
    pack.table(
        "control-accounts/samples.csv",
        "What was drawn for the reviewer, and how to draw it again",
        SAMPLE_COLUMNS,
        (_sample(*each) for each in found),
        is_shown=True,
    )
    pack.table(
        "control-accounts/sampled-cases.csv",
        "The cases of each sample, and who looked at them",
        CASE_COLUMNS,
        (row for each in found for row in _cases(*each, names)),
    )


def _sample(books: Books, step: Certification, sample: Sample) -> Row:
    view, exponent = view_of(sample, step), step.run.exponent
    above = view.plan.above_minor
    return (
        str(sample),
        books.name,
        step.ledger,
        step.period,
        str(step),
        METHOD,
        view.plan.percent,
        view.plan.most,
        None if above is None else amount(above, exponent),
        view.population_count,
        amount(view.population_minor, exponent),
        step.run.currency,
        len(view.cases),
        view.left_count,
        view.seed,
        view.event_sequence,
    )


def _cases(
    books: Books, step: Certification, sample: Sample, names: Mapping[int, str]
) -> Iterator[Row]:
    for place, each in enumerate(view_of(sample, step).cases, 1):
        who = each.looked_by
        yield (
            str(sample),
            books.name,
            step.ledger,
            step.period,
            place,
            each.case_name,
            amount(each.size_minor, step.run.exponent),
            step.run.currency,
            "yes" if each.is_above else "no",
            each.verdict.value if each.verdict else "",
            names.get(who, f"member:{who}") if who else "",
            f"{each.looked_at:%Y-%m-%d %H:%M:%S}" if each.looked_at else "",
            each.comment,
        )
