"""Files are kept byte for byte and counted once: the same file, overlaps, gaps, and bad input."""

import io

import pytest

from tests.store.firms import (
    NOW,
    SEPTEMBER,
    imported,
    line,
    organisation,
    statement,
)
from tieout.core.access import Role
from tieout.core.audit import parsed
from tieout.core.errors import AccessDenied, InvalidInput, NotFound
from tieout.core.money import Currency
from tieout.core.statements import Direction
from tieout.formats.common.source import Source
from tieout.store.audit.chain import events
from tieout.store.banking.models import (
    BankAccount,
    BankLine,
    BankStatement,
    FilePart,
    FileReading,
    ReadingProblem,
    ReceivedFile,
)
from tieout.store.operations.models import OutboxMessage
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.import_statement import Imported, import_statement, source_of
from tieout.workflows.receive_file import PART_BYTES, receive_file

pytestmark = pytest.mark.usefixtures("store")

CSV = (
    b"Date,Description,Amount,Currency\n2026-09-01,Rent,-612.48,EUR\n2026-09-01,Rent,-612.48,EUR\n"
)


def bring(caller: Caller, data: bytes, name: str = "statement.sta", account: str = "") -> Imported:
    received = receive_file(caller, source=Source(name, data), now=NOW)
    return import_statement(caller, file_id=received.file_id, account=account, now=NOW)


def last_event(caller: Caller) -> dict[str, object]:
    with tenant(caller.organisation_id):
        return parsed(list(events(caller.organisation_id))[-1].body)


def counted(caller: Caller) -> list[int]:
    """The lines that count, signed."""
    with tenant(caller.organisation_id):
        rows = BankLine.objects.filter(repeats__isnull=True).order_by("booked_on", "id")
        return [each.to_core(Currency.of("EUR")).signed_minor for each in rows]


def test_a_file_is_kept_byte_for_byte_in_parts() -> None:
    caller = organisation()
    data = bytes(range(256)) * (PART_BYTES // 100)
    received = receive_file(caller, source=Source("x.bin", data), now=NOW)
    assert (received.size, received.is_new) == (len(data), True)
    with tenant(caller.organisation_id):
        assert FilePart.objects.count() == 3
        with source_of(ReceivedFile.objects.get()) as source:
            assert source.data() == data
            assert source.sha256 == received.sha256


def test_the_same_bytes_are_recognised_under_another_name() -> None:
    caller = organisation()
    first = receive_file(caller, source=Source("a.sta", SEPTEMBER), now=NOW)
    again = receive_file(caller, source=Source("b.sta", SEPTEMBER), now=NOW)
    assert (again.file_id, again.is_new) == (first.file_id, False)
    said = last_event(caller)
    assert said["subject"] == f"received_file:{first.file_id}"
    after = said["after"]
    assert isinstance(after, dict)
    assert (after["name"], after["is_new"]) == ("b.sta", False)


def test_a_statement_comes_in_with_its_balances_and_lines() -> None:
    caller = organisation()
    answer = bring(caller, SEPTEMBER)
    assert (answer.statement_count, answer.line_count, answer.repeated_count) == (1, 3, 0)
    assert answer.problems == ()
    with tenant(caller.organisation_id):
        account = BankAccount.objects.get()
        kept = BankStatement.objects.get()
        assert (kept.opening_minor, kept.closing_minor, kept.booked_minor) == (10000, 11425, 1425)
        lines = [each.to_core(account.counted_in()) for each in BankLine.objects.order_by("id")]
        queued = list(OutboxMessage.objects.order_by("id").values_list("kind", flat=True))
    assert [each.direction for each in lines] == [
        Direction.DEBIT, Direction.CREDIT, Direction.DEBIT
    ]  # fmt: skip
    assert "MARLOWE INV-2038" in lines[1].narrative
    assert queued[-2:] == ["file_received", "statement_imported"]


def test_a_file_imported_again_changes_nothing() -> None:
    caller = organisation()
    first = bring(caller, SEPTEMBER)
    again = bring(caller, SEPTEMBER, "other.sta")
    assert first.is_new
    assert not again.is_new
    assert (again.reading_id, again.line_count, again.account_ids) == (
        first.reading_id, first.line_count, first.account_ids
    )  # fmt: skip
    assert len(counted(caller)) == 3


@pytest.mark.req("R118")
def test_an_overlapping_download_is_counted_once_and_two_equal_lines_stay_two() -> None:
    caller = organisation()
    twins = [line("0912", "D5,00", "CAR PARK"), line("0912", "D5,00", "CAR PARK")]
    first = statement(
        line("0902", "D10,00", "RENT"), *twins,
        opening="100,00", closing="80,00", days=("0901", "0915"),
    )  # fmt: skip
    later = statement(
        *twins, line("0912", "D5,00", "CAR PARK"), line("0920", "C1,00", "INTEREST"),
        opening="90,00", closing="76,00", number=2, days=("0910", "0930"),
    )  # fmt: skip
    assert bring(caller, first).repeated_count == 0
    answer = bring(caller, later, "later.sta")
    assert (answer.line_count, answer.repeated_count) == (4, 2)
    assert counted(caller) == [-1000, -500, -500, -500, 100]
    assert [each.code for each in answer.problems] == ["statement.overlap"]
    with tenant(caller.organisation_id):
        assert list(BankStatement.objects.order_by("id").values_list("ties", flat=True)) == [
            True, True
        ]  # fmt: skip
        assert BankLine.objects.count() == 7
        pointing = BankLine.objects.filter(repeats__isnull=False)
        assert {each.repeats_id for each in pointing} == {
            each.pk for each in BankLine.objects.filter(statement__number__startswith="1")[1:3]
        }


def test_files_in_any_order_count_the_same_lines() -> None:
    lines = [line("0902", "D10,00", "RENT"), line("0912", "D5,00", "PARK")]
    first = statement(*lines, opening="100,00", closing="85,00", days=("0901", "0915"))
    later = statement(
        lines[1], line("0920", "C1,00", "INTEREST"),
        opening="90,00", closing="86,00", number=2, days=("0910", "0930"),
    )  # fmt: skip
    answers = []
    for files in ((first, later), (later, first)):
        caller = organisation()
        for number, data in enumerate(files):
            bring(caller, data, f"{number}.sta")
        answers.append(sorted(counted(caller)))
    assert answers[0] == answers[1] == [-1000, -500, 100]


def test_a_gap_between_statements_is_named_with_days_and_balances() -> None:
    caller = organisation()
    bring(caller, SEPTEMBER)
    november = statement(
        line("1102", "D1,00", "FEE"), opening="90,00", closing="89,00", number=2,
        days=("1101", "1130"),
    )  # fmt: skip
    [problem] = bring(caller, november, "november.sta").problems
    assert problem.code == "statement.gap"
    assert "closes with 114.25 EUR" in problem.found
    with tenant(caller.organisation_id):
        assert ReadingProblem.objects.get().to_core() == problem


def test_a_statement_that_does_not_tie_is_imported_and_flagged() -> None:
    caller = organisation()
    answer = bring(caller, SEPTEMBER.replace(b"EUR114,25", b"EUR114,26"))
    assert [each.code for each in answer.problems] == ["statement.does-not-tie"]
    assert len(counted(caller)) == 3


def test_a_record_that_cannot_be_read_is_held_with_its_raw_text() -> None:
    caller = organisation()
    data = CSV + b"2026-09-02,Odd,twelve,EUR\n"
    answer = bring(caller, data, "bank.csv", "77")
    assert (answer.line_count, answer.held_count) == (2, 1)
    with tenant(caller.organisation_id):
        [held] = ReadingProblem.objects.filter(severity="held")
        assert "twelve" in held.raw


def test_a_table_names_no_account_so_the_caller_does() -> None:
    caller = organisation()
    with pytest.raises(InvalidInput) as raised:
        bring(caller, CSV, "bank.csv")
    assert raised.value.code == "statement.account-missing"
    assert bring(caller, CSV, "bank.csv", "77").line_count == 2
    assert counted(caller) == [-61248, -61248]


def test_a_file_that_cannot_be_understood_leaves_only_its_event() -> None:
    caller = organisation()
    received = receive_file(caller, source=Source("page.html", b"<html><p>Log in</p>"), now=NOW)
    with pytest.raises(InvalidInput) as raised:
        import_statement(caller, file_id=received.file_id, now=NOW)
    assert raised.value.code == "file.unknown-format"
    said = last_event(caller)
    assert said["verb"] == "import_statement"
    assert isinstance(said["after"], dict)
    assert said["after"]["refused"] == "file.unknown-format"
    with tenant(caller.organisation_id):
        assert not FileReading.objects.exists()
        assert not BankAccount.objects.exists()


def test_an_empty_file_is_not_received() -> None:
    with pytest.raises(InvalidInput, match="0 bytes"):
        receive_file(organisation(), source=Source("x", b""), now=NOW)


def test_finer_amounts_are_refused_where_they_would_be_rounded_and_kept_where_they_fit() -> None:
    caller = organisation()
    bring(caller, CSV, "a.csv", "77")
    finer = CSV.replace(b"-612.48", b"-612.4801")
    with pytest.raises(InvalidInput) as raised:
        bring(caller, finer, "b.csv", "77")
    assert raised.value.code == "record.amount-finer"
    assert bring(caller, finer, "b.csv", "78").line_count == 2


def test_a_client_may_send_a_file_and_not_read_it_in() -> None:
    caller = organisation()
    client = add_member(caller, email="c@example.org", role=Role.CLIENT, now=NOW)
    received = receive_file(client, source=Source("s.sta", SEPTEMBER), now=NOW)
    with pytest.raises(AccessDenied):
        import_statement(client, file_id=received.file_id, now=NOW)


def test_another_organisations_file_cannot_be_named() -> None:
    one, other = organisation("Marlowe"), organisation("Timberline")
    theirs = imported(other, SEPTEMBER)
    for file_id in (theirs, 10**9):
        with pytest.raises(NotFound) as raised:
            import_statement(one, file_id=file_id, now=NOW)
        assert raised.value.code == "store.not-found"


def test_texts_with_bytes_that_no_text_column_holds_come_in() -> None:
    caller = organisation()
    data = CSV.replace(b"Rent", "Miete € \U0001f600 \\x00".encode())
    assert bring(caller, data, "bank.csv", "77").line_count == 2
    assert io.BytesIO(data).read() == data
