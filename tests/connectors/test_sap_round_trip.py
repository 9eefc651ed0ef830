"""Read, explain, correct, check, post, read again: what an SAP ledger takes and refuses."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import tieout
from tests.connectors.sap_worlds import (
    clean_world,
    fake_of,
    fetched,
    ledger_of,
    planted_world,
    span_of,
)
from tieout.connectors.ledgers import Document, DocumentLine, Standing
from tieout.connectors.sap import SapLedger, Span
from tieout.core.explain.books import SubLedger
from tieout.core.statements import Direction
from tieout.files.corrections.forms import write_posting_file
from tieout.files.delivering import Choices, Delivery, deliver
from tieout.testing.books import PLANTS, BookWorld
from tieout.testing.sap import FakeSap

CORRECTED = (
    *("suspense", "manual_journal", "duplicate", "wrong_account", "wrong_sign", "transposition"),
    *("slide", "deleted", "foreign_source", "amount_edited", "reversed_only", "cross_control"),
)
"""Plants whose first way is a journal that lasts."""


def adjusted(world: BookWorld, fake: FakeSap) -> Span:
    """What is asked for, with an account beside each reconciliation account."""
    span = span_of(world)
    beside = {account: f"9{account[:9]}" for account in span.controls}
    fake.company.accounts.update({code: f"Adjustment of {of}" for of, code in beside.items()})
    return replace(span, adjustments=beside)


def drafted(folder: Path, where: Path) -> Path:
    """The posting file of every correction that is a journal."""
    return tieout.explain(folder).investigate(accept="all").write(where)


def standings(made: Delivery) -> set[Standing]:
    return {each.standing for each in made.outcomes}


@pytest.mark.req("R113")
@pytest.mark.parametrize("seed", range(4))
def test_corrections_go_back_to_sap_and_the_difference_is_nothing(
    seed: int, tmp_path: Path
) -> None:
    world = clean_world(seed)
    for name in CORRECTED:
        PLANTS[name](world)
    with fake_of(world) as fake:
        span = adjusted(world, fake)
        ledger = ledger_of(fake, span, world)
        before = fetched(fake, span, world, tmp_path / "before")
        assert any(any(each.explanation.difference()) for each in tieout.explain(before).ledgers)
        corrections = drafted(before, tmp_path / "corrections.json")

        refused = deliver(ledger, before, corrections)
        assert {each.code for each in refused.refusals} == {"posting.reconciliation-account"}
        assert standings(refused) == {Standing.NOT_SENT}
        assert not any(each.startswith("POST") for each in fake.asked)

        choices = Choices(adjustments=span.adjustments)
        checked = deliver(ledger, before, corrections, replace(choices, is_check=True))
        assert standings(checked) == {Standing.CHECKED}
        documents = len(fake.company.lines)
        made = deliver(ledger, before, corrections, choices)
        assert made.is_complete
        assert standings(made) == {Standing.POSTED}
        assert len(fake.company.lines) == documents + len(made.sent.lines)

        again = deliver(ledger, before, corrections, choices)
        assert standings(again) == {Standing.ALREADY_POSTED}
        assert len(fake.company.lines) == documents + len(made.sent.lines)

        after = tieout.explain(fetched(fake, span, world, tmp_path / "after"))
        sent = write_posting_file(tmp_path / "sent.json", after.books, made.sent)
        proof = after.prove(sent)
        assert proof.holds, [str(each) for each in proof.departures]
        assert proof.is_posted
        for each in after.ledgers:
            assert each.explanation.difference()[-1] == 0, each.ledger

        once_more = drafted(tmp_path / "after", tmp_path / "more.json")
        nothing = deliver(ledger, tmp_path / "after", once_more, choices)
        assert not nothing.outcomes, nothing.redirected
        assert nothing.redirected


@pytest.mark.req("R081")
@pytest.mark.parametrize("field", ["GLAccount", "AmountInCompanyCodeCurrency"])
def test_a_posting_altered_in_sap_is_found_when_it_is_read_again(
    field: str, tmp_path: Path
) -> None:
    world = clean_world(1)
    for name in ("wrong_account", "wrong_sign"):
        PLANTS[name](world)
    with fake_of(world) as fake:
        span = adjusted(world, fake)
        ledger = ledger_of(fake, span, world)
        before = fetched(fake, span, world, tmp_path / "before")
        file = drafted(before, tmp_path / "corrections.json")
        made = deliver(ledger, before, file, Choices(adjustments=span.adjustments))
        assert made.is_complete
        after = tieout.explain(fetched(fake, span, world, tmp_path / "after"))
        sent = write_posting_file(tmp_path / "sent.json", after.books, made.sent)
        assert after.prove(sent).holds
        posted = fake.company.lines[-1]
        others = {row[field] for row in fake.company.lines} - {posted[field]}
        posted[field] = min(others)
        altered = tieout.explain(fetched(fake, span, world, tmp_path / "altered"))
        assert not altered.prove(sent).holds


def a_document(world: BookWorld, *lines: DocumentLine) -> Document:
    """A document of the last open period."""
    return Document(
        journal_id="TC1-0001-1",
        company="1010",
        currency="GBP",
        base_currency="GBP",
        posted_on=world.numbers[world.last_open].ends_on,
        period=world.last_open,
        lines=lines,
        title="Tieout TC1-0001-1",
    )


def in_period(world: BookWorld, document: Document, period: int) -> Document:
    return replace(document, posted_on=world.numbers[period].ends_on, period=period)


def debit(account: str, minor: int = 12_34, **more: str) -> DocumentLine:
    return DocumentLine(account, Direction.DEBIT, minor, minor, more.pop("text", ""), **more)


def credit(account: str, minor: int = 12_34, **more: str) -> DocumentLine:
    return DocumentLine(account, Direction.CREDIT, minor, minor, more.pop("text", ""), **more)


def said_of(ledger: SapLedger, document: Document) -> tuple[list[str], Standing, Sequence[str]]:
    """Our own refusals, how SAP leaves it when checking, and SAP's messages."""
    ours = [each.code for each in ledger.refusals([document])]
    made = ledger.check(document)
    return ours, made.standing, [each.code for each in made.messages if each.is_error]


@pytest.mark.req("R113")
def test_every_rule_bites_on_both_sides() -> None:
    world = clean_world(1, documents=4)
    base = [each for each in world.parties.values() if world.currency_of[each.party] == "GBP"]
    customer = next(each for each in base if each.ledger is SubLedger.AR)
    with fake_of(world) as fake:
        fake.company.closed |= {("+", 1), ("D", 2)}
        span = replace(span_of(world), closed_through={"+": 1, "D": 2})
        ledger = ledger_of(fake, span, world)
        account = fake.company.customers[customer.party]
        other = next(each for each in fake.company.controls if each != account)
        good = a_document(world, debit("10100"), credit("20100"))
        party = a_document(world, debit(account, party=customer.party), credit("10100"))
        assert said_of(ledger, good) == ([], Standing.CHECKED, [])
        assert said_of(ledger, party) == ([], Standing.CHECKED, [])
        refused = {
            ("posting.reconciliation-account", "F5 354"): a_document(
                world, debit(account), credit("10100")
            ),
            ("posting.party-unknown", "F5 102"): a_document(
                world, debit(account, party="C99999"), credit("10100")
            ),
            ("posting.account-unknown", "F5 507"): a_document(
                world, debit("77777"), credit("10100")
            ),
            ("posting.period-closed", "F5 201"): in_period(world, good, 1),
            ("posting.unbalanced", "RW 022"): a_document(
                world, debit("10100", 10_00), credit("20100", 10_01)
            ),
        }
        for (code, message), document in refused.items():
            ours, standing, theirs = said_of(ledger, document)
            assert set(ours) == {code}, code
            assert standing is Standing.REFUSED, code
            assert message in theirs, code
        assert said_of(ledger, in_period(world, good, 2)) == ([], Standing.CHECKED, [])
        ours, standing, theirs = said_of(ledger, in_period(world, party, 2))
        assert (ours, standing) == (["posting.period-closed"], Standing.REFUSED)
        assert theirs == ["RW 609", "F5 201"]
        wrong = a_document(world, debit(other, party=customer.party), credit("10100"))
        assert "posting.party-not-of-account" in [each.code for each in ledger.refusals([wrong])]
        long = a_document(world, debit("10100", text="x" * 51), credit("20100"))
        assert [each.code for each in ledger.refusals([long])] == ["posting.field-too-long"]
        assert ledger.check(long).standing is Standing.UNKNOWN
        assert [each.code for each in ledger.refusals([replace(good, company="")])] == [
            "posting.field-missing"
        ]
        assert not any(row["DocumentReferenceID"][:2] == "TC" for row in fake.company.items)


def test_a_line_through_its_customer_is_in_both_ledgers() -> None:
    world = clean_world(1, documents=4)
    customer = next(each for each in world.parties.values() if each.ledger is SubLedger.AR)
    with fake_of(world) as fake:
        ledger = ledger_of(fake, span_of(world), world)
        account = fake.company.customers[customer.party]
        made = ledger.post(a_document(world, debit(account, party=customer.party), credit("10100")))
        assert made.standing is Standing.POSTED
        number = made.number.split()[1]
        (item,) = [
            row
            for row in fake.company.items
            if row["AccountingDocument"] == number and row["FinancialAccountType"] == "D"
        ]
        assert (item["Customer"], item["GLAccount"]) == (customer.party, account)


def delivered(world: BookWorld, fake: FakeSap, folder: Path, *, faults: Sequence[str]) -> Delivery:
    """Two corrections delivered while the system fails in this order, from the first posting on."""
    span = adjusted(world, fake)
    before = folder / "before"
    if not before.exists():
        fetched(fake, span, world, before)
        drafted(before, folder / "corrections.json")
    ledger = ledger_of(fake, span, world)
    choices = Choices(adjustments=span.adjustments)

    def progress(stage: str, share: float) -> None:
        if stage == "post" and not share:
            fake.faults[:] = list(faults)

    return deliver(ledger, before, folder / "corrections.json", choices, progress)


def postings_of(fake: FakeSap) -> list[str]:
    """The references of the documents that Tieout has posted, one each."""
    found = {
        (row["AccountingDocument"], row["DocumentReferenceID"])
        for row in fake.company.items
        if str(row["DocumentReferenceID"]).startswith("TC")
    }
    return sorted(reference for _, reference in found)


@pytest.mark.parametrize(
    ("faults", "standing"),
    [
        (["lost"], Standing.POSTED),
        (["lost", "busy", "broken"], Standing.POSTED),
        (["broken"], Standing.UNKNOWN),
        (["lost", "busy", "busy", "busy", "busy"], Standing.UNKNOWN),
    ],
)
@pytest.mark.req("R113")
def test_a_lost_answer_never_posts_twice(
    faults: list[str], standing: Standing, tmp_path: Path
) -> None:
    world = clean_world(2, documents=6)
    PLANTS["wrong_sign"](world)
    with fake_of(world) as fake:
        first = delivered(world, fake, tmp_path, faults=faults)
        assert first.outcomes[0].standing is standing
        again = delivered(world, fake, tmp_path, faults=())
        assert again.is_complete
        assert len(postings_of(fake)) == len(again.outcomes) == len(set(postings_of(fake)))


def test_a_document_that_somebody_has_posted_twice_is_named(tmp_path: Path) -> None:
    world = clean_world(2, documents=6)
    PLANTS["wrong_sign"](world)
    with fake_of(world) as fake:
        made = delivered(world, fake, tmp_path, faults=())
        ledger_of(fake, span_of(world), world).post(made.outcomes[0].document)
        again = delivered(world, fake, tmp_path, faults=())
        assert again.outcomes[0].standing is Standing.POSTED_TWICE
        assert not again.is_complete


def test_what_somebody_has_reversed_is_not_posted_again(tmp_path: Path) -> None:
    world = clean_world(2, documents=6)
    PLANTS["wrong_sign"](world)
    with fake_of(world) as fake:
        made = delivered(world, fake, tmp_path, faults=())
        number = made.outcomes[0].number
        for row in fake.company.items:
            row["IsReversed"] = row["AccountingDocument"] == number.split()[1]
        again = delivered(world, fake, tmp_path, faults=())
        assert again.outcomes[0].standing is Standing.ALREADY_POSTED
        assert again.outcomes[0].number == number


def test_one_refusal_of_sap_keeps_all_from_being_posted(tmp_path: Path) -> None:
    world = planted_world(5, ("wrong_account", "wrong_sign"))
    with fake_of(world) as fake:
        span = adjusted(world, fake)
        before = fetched(fake, span, world, tmp_path / "before")
        corrections = drafted(before, tmp_path / "corrections.csv")
        choices = Choices(adjustments=span.adjustments)
        periods = {
            each.period for each in tieout.explain(before).investigate(accept="all").filed().lines
        }
        fake.company.closed.add(("S", min(periods)))
        made = deliver(ledger_of(fake, span, world), before, corrections, choices)
        assert Standing.REFUSED in standings(made)
        assert standings(made) <= {Standing.REFUSED, Standing.NOT_SENT}
        assert {each.code for one in made.outcomes for each in one.messages if each.is_error} == {
            "RW 609",
            "F5 201",
        }
        assert not postings_of(fake)
