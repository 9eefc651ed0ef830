"""A trial of an import lists exactly what the import then does, and leaves nothing behind."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import NOW, SEPTEMBER, line, organisation, statement
from tieout.core.access import Role
from tieout.core.errors import AccessDenied, Conflict, TieoutError
from tieout.core.jobs import RunState, Task
from tieout.formats.common.source import Source
from tieout.store.banking.models import (
    BankAccount,
    BankLine,
    BankStatement,
    FileReading,
    ReadingProblem,
)
from tieout.store.ledger.models import Account, JournalEntry
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.ask_run import ask_run
from tieout.workflows.import_changes import Effect
from tieout.workflows.import_file import import_file
from tieout.workflows.look_at_runs import run_of
from tieout.workflows.receive_file import receive_file
from tieout.workflows.replay import replay
from tieout.workflows.try_import import Tried, kept_trial, try_import

POOL = [
    ("0902", -1000, "RENT"),
    ("0907", 2550, "MARLOWE INV-2038"),
    ("0912", -500, "CAR PARK"),
    ("0912", -500, "CAR PARK"),
    ("0930", -125, "ACCOUNT CHARGE"),
]
ENTRIES = [
    ("2026-09-02", "Landlord", "Rent", -1000),
    ("2026-09-07", "Marlowe", "INV-2038", 2550),
    ("2026-09-12", "Parking", "Car park", -500),
    ("2026-10-02", "Landlord", "Rent", -1000),
]
OPENED = 'option "operating_currency" "EUR"\n2026-01-01 open Assets:Bank EUR\n'


def bank_file(chosen: list[int], number: int, apart: int) -> bytes:
    """A statement of lines of the pool; `apart`: by so much it does not tie."""
    lines = [POOL[each] for each in chosen]
    closing = 10_000 + sum(minor for _, minor, _ in lines) + apart
    return statement(
        *(line(day, amount(minor), text) for day, minor, text in lines),
        opening="100,00",
        closing=f"{closing // 100},{closing % 100:02}",
        number=number,
        days=("0901", "0930"),
    )


def amount(minor: int) -> str:
    return f"{'D' if minor < 0 else 'C'}{abs(minor) // 100},{abs(minor) % 100:02}"


def books_file(chosen: list[int], other: str) -> bytes:
    """Entries of the pool; the first of them says something else where a text is given."""
    told = [ENTRIES[each] for each in chosen]
    if told and other:
        day, who, _, minor = told[0]
        told[0] = (day, who, other, minor)
    return OPENED.encode() + b"".join(
        f'{day} * "{who}" "{text}"\n  Assets:Bank  {minor / 100:.2f} EUR\n  Other:Side\n'.encode()
        for day, who, text, minor in told
    )


chosen = st.lists(st.integers(0, len(POOL) - 1), max_size=5)
of_bank = st.builds(
    lambda some, number, apart: ("s.sta", bank_file(some, number, apart)),
    chosen, st.integers(1, 3), st.sampled_from([0, 0, 1]),
)  # fmt: skip
of_books = st.builds(
    lambda some, other: ("books.beancount", books_file(some, other)),
    st.lists(st.integers(0, len(ENTRIES) - 1), max_size=4, unique=True),
    st.sampled_from(["", "", "Rent, corrected"]),
)
of_table = st.builds(
    lambda some: (
        "card.csv",
        b"Date,Description,Amount,Currency\n" + b"".join(some),
    ),
    st.lists(
        st.sampled_from([b"2026-09-01,Van,-85.00,EUR\n", b"2026-09-03,Odd,twelve,EUR\n"]),
        max_size=3,
    ),
)
broken = st.sampled_from([("x.bin", b"\x00\x01 nothing that any reader knows"), ("y.txt", b"?")])
received = st.lists(st.one_of(of_bank, of_books, of_table, broken), min_size=1, max_size=4)


def everything(store: Store, caller: Caller) -> dict[str, str]:
    """A hash over all that is kept of the organisation, table by table, and over its jobs."""
    with store.superuser() as plain:
        tables = plain.execute(
            "select table_name from information_schema.columns where table_schema = 'public' "
            "and column_name = 'organisation_id' order by 1"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = plain.execute(
                f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) "
                f'from "{table}" t where organisation_id = %s',
                [caller.organisation_id],
            ).fetchone()
            assert row is not None
            found[table] = row[0]
        row = plain.execute(
            "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) "
            "from procrastinate_jobs t where args ->> 'organisation_id' = %s",
            [str(caller.organisation_id)],
        ).fetchone()
        assert row is not None
        found["jobs"] = row[0]
    assert len(found) > 20
    return found


def counted(caller: Caller) -> Counter[str]:
    """What is kept, counted as a trial counts it."""
    with tenant(caller.organisation_id):
        return Counter(
            {
                "add line": BankLine.objects.filter(repeats__isnull=True).count(),
                "known line": BankLine.objects.filter(repeats__isnull=False).count(),
                "add statement": BankStatement.objects.count(),
                "add bank account": BankAccount.objects.count(),
                "add account": Account.objects.count(),
                "add entry": JournalEntry.objects.count(),
                "problems": ReadingProblem.objects.count(),
                "known entry": sum(FileReading.objects.values_list("known_count", flat=True)),
            }
        )


def as_listed(tried: Tried) -> Counter[str]:
    """The counts of a trial, the codes of problems added up."""
    told: Counter[str] = Counter()
    for name, count in tried.counts.items():
        told["problems" if "." in name else name] += count
    return told


@pytest.mark.req("R051")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=received)
def test_a_trial_lists_what_the_import_then_does_and_changes_nothing(
    store: Store, files: list[tuple[str, bytes]]
) -> None:
    caller = organisation()
    for name, data in files:
        kept = receive_file(caller, source=Source(name, data), now=NOW).file_id
        before, known = everything(store, caller), counted(caller)
        refused = ""
        try:
            tried = try_import(caller, file_id=kept, account="card 8841", now=NOW)
        except TieoutError as error:
            refused = str(error)
        assert everything(store, caller) == before
        if refused:
            with pytest.raises(TieoutError) as raised:
                import_file(caller, file_id=kept, account="card 8841", now=NOW)
            assert str(raised.value) == refused
            continue
        done = import_file(caller, file_id=kept, account="card 8841", as_tried=tried.proof, now=NOW)
        assert counted(caller) - known == as_listed(tried)
        assert (done.sentences, done.is_new) == (tried.sentences, tried.is_new)
        held = sum(each.effect is Effect.HELD for each in tried.listed)
        assert held == done.held_count


def brought(caller: Caller, data: bytes, name: str = "s.sta") -> int:
    return receive_file(caller, source=Source(name, data), now=NOW).file_id


@pytest.mark.req("R051")
@pytest.mark.usefixtures("store")
def test_a_trial_shows_adds_what_is_known_and_conflicts_one_by_one() -> None:
    caller = organisation()
    import_file(caller, file_id=brought(caller, SEPTEMBER), now=NOW)
    later = bank_file([0, 2, 3], 2, 1)
    tried = try_import(caller, file_id=brought(caller, later), now=NOW)
    assert tried.counts["add line"] == 2
    assert tried.counts["known line"] == 1
    known = [each for each in tried.listed if each.effect is Effect.KNOWN]
    assert [(str(each.on), each.amount) for each in known] == [("2026-09-02", "-10.00 EUR")]
    conflicts = {each.what for each in tried.listed if each.effect is Effect.CONFLICT}
    assert conflicts == {"statement.does-not-tie", "statement.overlap"}
    rows = books_file([0, 1], "")
    import_file(caller, file_id=brought(caller, rows, "books.beancount"), now=NOW)
    gone = try_import(
        caller, file_id=brought(caller, books_file([0, 2], "Rent, raised"), "b.beancount"),
        books="books (beancount)", now=NOW,
    )  # fmt: skip
    assert gone.counts["add entry"] == 2
    assert [each.amount for each in gone.listed if each.what == "entry"] == [
        "10.00 EUR",
        "5.00 EUR",
    ]


@pytest.mark.req("R051")
@pytest.mark.usefixtures("store")
def test_what_came_in_between_is_told_and_nothing_is_done() -> None:
    caller = organisation()
    first, second = brought(caller, SEPTEMBER), brought(caller, bank_file([0, 2], 2, 0))
    tried = try_import(caller, file_id=second, now=NOW)
    import_file(caller, file_id=first, now=NOW)
    before = counted(caller)
    with pytest.raises(Conflict) as raised:
        import_file(caller, file_id=second, as_tried=tried.proof, now=NOW)
    assert raised.value.code == "import.not-as-tried"
    assert "1 × known line" in raised.value.found
    assert counted(caller) == before
    again = try_import(caller, file_id=second, now=NOW)
    assert import_file(caller, file_id=second, as_tried=again.proof, now=NOW).is_new
    assert not try_import(caller, file_id=second, now=NOW).is_new


@pytest.mark.req("R051")
def test_a_worker_tries_a_large_file_and_keeps_the_list_with_it(store: Store) -> None:
    caller = organisation()
    kept = brought(caller, SEPTEMBER)
    run = ask_run(caller, task=Task.TRY_IMPORT, arguments={"file_id": kept}, now=NOW)
    work_off(store, caller)
    shown = run_of(caller, run_id=run, now=NOW)
    assert (shown.state, shown.count_in) == (RunState.SUCCEEDED, 5), shown.error
    found = kept_trial(caller, file_id=kept)
    assert found == try_import(caller, file_id=kept, now=NOW)
    assert counted(caller)["add line"] == 0
    arguments: dict[str, int | str] = {"file_id": kept, "as_tried": found.proof}
    ask_run(caller, task=Task.IMPORT_FILE, arguments={"file_id": kept}, now=NOW)
    with pytest.raises(Conflict):
        ask_run(caller, task=Task.IMPORT_FILE, arguments=arguments, now=NOW)
    work_off(store, caller)
    assert counted(caller)["add line"] == 3
    assert not replay(caller, now=NOW).departures, "the log tells the kept list too"


@pytest.mark.usefixtures("store")
def test_only_who_may_import_may_try() -> None:
    caller = organisation()
    kept = brought(caller, SEPTEMBER)
    auditor = add_member(caller, email="a@example.org", role=Role.AUDITOR, now=NOW)
    with pytest.raises(AccessDenied):
        try_import(auditor, file_id=kept, now=NOW)
