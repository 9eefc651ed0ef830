"""Corrections: after the product's own, nothing lasting is left, and nothing new has come up."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import tieout
from tests.explain.test_brief import AP, AR, CONTROL, CREDITORS, SUSPENSE, books, entry, posting
from tieout.core.accounts import AccountKey
from tieout.core.explain.books import Books, EntryKind, NominalPosting, PostingStatus, SubLedger
from tieout.core.explain.cases import case_named, naming
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.correcting import Choice, Corrected, correct
from tieout.core.explain.corrections import ActionKind, Into, is_balanced, journal_lines
from tieout.core.explain.drafting import corrections_of
from tieout.core.explain.explaining import explain_ledger
from tieout.core.explain.groups import Share
from tieout.core.explain.snapshot import books_digest
from tieout.core.statements import Direction
from tieout.testing.books import Shape, clean_books, planted_books, write_books

SALES = AccountKey("10100")


def assert_put_right(made: Corrected, into: Into) -> None:
    """Nothing lasts, nothing is new, every journal balances, and the time is as it should be."""
    lasting = [share for each in made.after for share in each.shares if share.ends is None]
    assert not lasting
    assert made.new_causes <= ({"closed_period"} if into is Into.NEXT_OPEN else set())
    journals: dict[str, list[NominalPosting]] = defaultdict(list)
    for line in journal_lines(made.accepted):
        journals[line.journal_id].append(line)
    assert journals
    assert all(is_balanced(lines) for lines in journals.values())
    assert all(len({line.period for line in lines}) == 1 for lines in journals.values())
    if into is Into.ORIGINAL:
        clearing = {named(share) for each in made.before for share in each.shares}
        left = [share for each in made.after for share in each.shares]
        assert {named(share) for share in left if share.cause != "brought_forward"} <= clearing


def named(share: Share) -> tuple[str, tuple[str, ...], int, int, int | None]:
    """What a share is, in a form that two explanations share."""
    return share.cause, share.group.ids, share.amount_minor, share.begins, share.ends


@pytest.mark.req("R110", "R279", "R281", "R283")
@pytest.mark.parametrize("into", list(Into))
@pytest.mark.parametrize("seed", range(6))
def test_after_the_products_own_corrections_no_permanent_difference_is_left(
    seed: int, into: Into
) -> None:
    kept = planted_books(seed, Shape(documents=25)).books()
    before = books_digest(kept)
    made = correct(kept, Choice(into=into))
    assert_put_right(made, into)
    assert books_digest(kept) == before
    assert books_digest(made.books) != before


@pytest.mark.parametrize("seed", range(3))
def test_every_other_way_puts_its_case_right_too(seed: int) -> None:
    kept = planted_books(seed, Shape(documents=20)).books()
    explained = [explain_ledger(kept, ledger) for ledger in kept.ledgers]
    drafted = corrections_of(kept, explained)
    ways = {each.case: each.ways[1].name for each in drafted if each.needs_choice}
    assert len({each.cause for each in drafted if each.needs_choice}) >= 8
    made = correct(kept, Choice(ways=ways))
    assert not any(share.ends is None for each in made.after for share in each.shares)


@pytest.mark.parametrize("cause", sorted(set(CAUSES) - {"unlinked_pair"}))
def test_one_cause_alone_is_put_right_and_the_others_stay(cause: str) -> None:
    kept = planted_books(4, Shape(documents=15)).books()
    made = correct(kept, Choice(names=frozenset({cause})))
    before = [share for each in made.before for share in each.shares]
    after = [share for each in made.after for share in each.shares]
    assert [share for share in before if share.cause == cause]
    assert not [share for share in after if share.cause == cause and share.ends is None]
    others = {share.cause for share in before if share.ends is None} - {cause}
    assert others - {"wrong_ledger"} <= {share.cause for share in after if share.ends is None}
    for each in made.accepted:
        assert each.correction.cause == cause


def test_every_cause_offers_an_action_and_names_its_document() -> None:
    kept = planted_books(2, Shape(documents=15)).books()
    explained = [explain_ledger(kept, ledger) for ledger in kept.ledgers]
    drafted = corrections_of(kept, explained)
    assert {each.cause for each in drafted} == set(CAUSES) - {"unlinked_pair"}
    for each in drafted:
        for way in each.ways:
            assert way.sentence.endswith(".")
            for lines in way.journals.values():
                assert is_balanced(lines)
                for line in lines:
                    assert case_named(line.narrative)
                    assert f"({each.cause})" in line.narrative
    assert {each.first.kind for each in drafted} == set(ActionKind)


@pytest.mark.parametrize("way", [0, 1], ids=["first ways", "other ways"])
@pytest.mark.parametrize("seed", range(2))
def test_corrected_books_are_read_again_alike_by_both_engines(
    seed: int, way: int, tmp_path: Path
) -> None:
    kept = planted_books(seed, Shape(documents=40)).books()
    drafted = corrections_of(kept, [explain_ledger(kept, each) for each in kept.ledgers])
    ways = {each.case: each.ways[-1].name for each in drafted} if way else {}
    made = correct(kept, Choice(ways=ways))
    folder = write_books(made.books, tmp_path)
    plain = tieout.explain(folder, engine="reference")
    fast = tieout.explain(folder, engine="duckdb")
    if not way:
        assert fast.engine == "duckdb"
    for one, other, kept_one in zip(plain.ledgers, fast.ledgers, made.after, strict=True):
        assert one.explanation.by_cause() == other.explanation.by_cause() == kept_one.by_cause()
        assert one.explanation.difference() == kept_one.difference()


# Single cases.


def lines_of(kept: Books, choice: Choice | None = None) -> list[tuple[str, str, int, int]]:
    """Account, direction, amount and period of every line drafted."""
    return [
        (line.key.code, line.direction.value, line.base_minor, line.period)
        for line in journal_lines(correct(kept, choice).accepted)
    ]


def keyed(name: str, key: AccountKey, amount: int, period: int) -> list[NominalPosting]:
    """A keyed journal: debit the account, credit sales."""
    return against(name, key, SALES, amount, period)


def against(
    name: str, key: AccountKey, other: AccountKey, amount: int, period: int
) -> list[NominalPosting]:
    of = entry(amount, date(2026, period, 9), entry_id=name)
    one = posting(of, period, module="NL", source_id="", line_no=0, line_count=0, key=key)
    two = replace(one, posting_id=f"{one.posting_id}-o", key=other, direction=Direction.CREDIT)
    return [one, two]


@pytest.mark.req("R282", "R283", "R284")
@pytest.mark.parametrize(("ledger", "home"), [(AR, CONTROL), (AP, CREDITORS)])
def test_out_of_suspense_debit_and_credit_are_right_for_both_ledgers(
    ledger: SubLedger, home: AccountKey
) -> None:
    of = entry(5_000, date(2026, 3, 4), ledger=ledger)
    kept = books([of], [posting(of, 3, key=SUSPENSE)])
    first, second = ("debit", "credit") if ledger is AR else ("credit", "debit")
    assert lines_of(kept) == [
        (home.code, first, 5_000, 3),
        (SUSPENSE.code, second, 5_000, 3),
    ]


@pytest.mark.req("R284")
def test_a_suspense_journal_in_a_later_period_leaves_a_difference_of_time_and_says_so() -> None:
    of = entry(5_000, date(2026, 1, 4))
    kept = books([of], [posting(of, 1, key=SUSPENSE)])
    reopened, later = (correct(kept, Choice(into=into)) for into in Into)
    assert reopened.after[0].difference()[1:4] == (0, 0, 0)
    assert later.after[0].difference()[1:4] == (5_000, 0, 0)
    assert [(share.cause, share.begins, share.ends) for share in later.after[0].shares] == [
        ("suspense", 1, 2)
    ]
    (said,) = reopened.accepted[0].way.warnings
    assert "January 2026 is not open: reopen it, or correct in February 2026" in said
    assert reopened.accepted[0].way.reopens == {1}
    assert "the difference stays until February 2026" in later.accepted[0].way.warnings[0]


def test_a_correction_into_a_certified_period_says_so() -> None:
    of = entry(5_000, date(2026, 3, 4))
    kept = books([of], [posting(of, 3, key=SUSPENSE)])
    made = correct(kept, Choice(certified={"AR": [3]}))
    assert any("March 2026 is certified" in said for said in made.accepted[0].way.warnings)


def test_a_journal_between_two_control_accounts_is_taken_back_once() -> None:
    kept = books([], against("J1", CONTROL, CREDITORS, 700, 2))
    made = correct(kept)
    assert [share.cause for each in made.before for share in each.shares] == ["manual_journal"] * 2
    assert len(made.accepted) == 1
    assert not any(each.shares for each in made.after)


def test_what_was_posted_in_suspense_with_another_amount_clears_suspense_whole() -> None:
    of = entry(5_000, date(2026, 3, 4))
    wrong = posting(of, 3, key=SUSPENSE, base_minor=4_000, doc_minor=4_000)
    other = replace(wrong, posting_id="x", key=SALES, line_no=0, direction=Direction.CREDIT)
    assert lines_of(books([of], [wrong, other])) == [
        (CONTROL.code, "debit", 5_000, 3),
        (SUSPENSE.code, "credit", 4_000, 3),
        (SALES.code, "credit", 1_000, 3),
    ]


@pytest.mark.req("R260")
def test_an_opening_balance_gets_its_journal_against_what_opening_journals_use() -> None:
    one, two = (
        entry(
            amount, date(2026, 2, 2), entry_id=name, reference=name, kind=EntryKind.OPENING_BALANCE
        )
        for name, amount in (("O1", 900), ("O2", 400))
    )
    journal = [
        replace(each, narrative="Opening balance P1", reference="O1")
        for each in against("J1", CONTROL, AccountKey("30000"), 900, 2)
    ]
    assert lines_of(books([one, two], journal)) == [
        (CONTROL.code, "debit", 400, 2),
        ("30000", "credit", 400, 2),
    ]


def test_a_waiting_posting_with_a_wrong_amount_is_posted_and_then_corrected() -> None:
    of = entry(1_234, date(2026, 3, 4))
    waits = posting(of, 3, status=PostingStatus.WAITING, base_minor=1_324, doc_minor=1_324)
    made = correct(books([of], [waits]))
    assert [each.correction.cause for each in made.accepted] == ["waiting", "transposition"]
    assert made.rounds == 2
    assert not any(each.shares for each in made.after)


def test_which_side_is_right_is_a_persons_choice() -> None:
    of = entry(1_000, date(2026, 3, 4))
    kept = books([of], [posting(of, 3, base_minor=877, doc_minor=877)])
    nominal, sub_ledger = (
        correct(kept, Choice(ways={"amount_edited": way})) for way in ("nominal", "sub_ledger")
    )
    for made in (nominal, sub_ledger):
        assert made.before[0].difference()[3] == 123
        assert not any(made.after[0].difference())
    assert len(journal_lines(nominal.accepted)) == 2
    assert not journal_lines(sub_ledger.accepted)
    assert [each.base_minor for each in sub_ledger.accepted[0].way.change.entries] == [-123]


def test_a_correction_that_names_nothing_is_a_manual_journal() -> None:
    lines = [
        replace(each, narrative=naming("E404", "missing", "R404"))
        for each in keyed("J1", CONTROL, 700, 2)
    ]
    made = explain_ledger(books([], lines), AR)
    assert [share.cause for share in made.shares] == ["manual_journal"]


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("Correction of SL1 (missing)", "SL1"),
        ("correction of SL1 (missing): INV 7", "SL1"),
        ("Correction of A (b) 1 (slide): x (y)", "A (b) 1"),
        ("Correction of INV 7", ""),
        ("Correction of SL1 (nothing known)", ""),
        ("Corrections of SL1 (missing)", ""),
        ("", ""),
    ],
)
def test_the_words_that_name_a_case(said: str, case: str) -> None:
    assert case_named(said) == case
    assert case_named(naming("X 1", "slide", "R (2)")) == "X 1"


def test_an_unexplained_item_is_offered_no_correction() -> None:
    world = clean_books(8, Shape(documents=10))
    of = world.entry(AR)
    world.line(
        AR, 4_321, 4_321, key=of.key, period=2, module="SL", line_no=1, line_count=1,
        day=world.day(2),
    )  # fmt: skip
    made = correct(world.books())
    assert [share.cause for each in made.after for share in each.shares] == ["unexplained"]


def test_the_digest_says_which_books_these_are() -> None:
    kept = clean_books(1, Shape(documents=5)).books()
    turned = replace(kept, entries=kept.entries[::-1], postings=kept.postings[::-1])
    assert books_digest(turned) == books_digest(kept)
    assert len(books_digest(kept)) == 64
    for at, line in enumerate(kept.postings[:5]):
        other = replace(line, base_minor=line.base_minor + 1)
        moved = (*kept.postings[:at], other, *kept.postings[at + 1 :])
        assert books_digest(replace(kept, postings=moved)) != books_digest(kept)
    assert books_digest(replace(kept, last_period=3)) != books_digest(kept)
