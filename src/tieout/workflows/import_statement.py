"""`import_statement`: a received file becomes statements and lines, each line counted once."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import tieout
from tieout.core.access import Action
from tieout.core.errors import Corruption, InvalidInput, NotFound, Problem, TieoutError
from tieout.core.overlaps import repeats
from tieout.core.reading import Reading
from tieout.core.statements import Statement, by_currency, continuity, counted_in
from tieout.formats.common.columns import ColumnLines
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source
from tieout.store.banking.lines import (
    NUL,
    TOLD_LINES,
    add_columns,
    add_lines,
    known_lines,
    statements_of,
)
from tieout.store.banking.models import (
    BankAccount,
    BankStatement,
    FileReading,
    ReadingProblem,
    ReceivedFile,
)
from tieout.store.banking.parts import parts_of
from tieout.store.postgres.plans import plan_anew
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.progress import report
from tieout.workflows.recheck_sign_offs import recheck_sign_offs


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: lines = lines counted for the first time + repeated; held ones beside."""

    reading_id: int
    account_ids: tuple[int, ...]
    statement_count: int
    line_count: int
    repeated_count: int
    held_count: int
    problems: tuple[Problem, ...]
    """Of the file, and gaps and overlaps that it opens between statements."""
    is_new: bool = True
    """Off when the file had been imported before: then nothing was done."""


def import_statement(  # noqa: PLR0913  options by name
    caller: Caller,
    *,
    file_id: int,
    account: str = "",
    file_format: str = "",
    mapping: Mapping[str, str] | None = None,
    now: datetime,
) -> Imported:
    """Read a received file into the store, wholly or not at all.

    `account` names the account of a file that does not. A file that cannot be understood leaves
    nothing but an audit event.
    """
    try:
        with acting(caller, Action.IMPORT, "import_statement", now) as act:
            file = access_file(file_id)
            act.alone("import")
            earlier = FileReading.objects.filter(file=file).first()
            if earlier is not None:
                return statements_as_before(earlier)
            with source_of(file) as source:
                reading = read_source(source, file_format, mapping)
                return record_statements(act, file, reading, account)
    except TieoutError as error:
        note_refusal(caller, "import_statement", file_id, error, now)
        raise


def note_refusal(
    caller: Caller, verb: str, file_id: int, error: TieoutError, now: datetime
) -> None:
    """The event that is all that a file leaves which cannot be understood."""
    with acting(caller, Action.IMPORT, verb, now) as act:
        after = {"refused": error.code, "found": error.found, "where": error.where}
        act.record(f"received_file:{file_id}", after=after)


def access_file(file_id: int) -> ReceivedFile:
    """The caller's received file of that id."""
    file = ReceivedFile.objects.filter(id=file_id).first()
    if file is None:
        raise NotFound("store.not-found", f"received_file:{file_id}", "a file you received")
    return file


@contextmanager
def source_of(file: ReceivedFile) -> Iterator[Source]:
    """The file as it was received, proved by its hash, on disk for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        path = Path(folder) / (Path(file.name).name or "file")
        digest = hashlib.sha256()
        with path.open("wb") as copy:
            for part in parts_of(file):
                digest.update(part)
                copy.write(part)
        if digest.digest() != bytes(file.sha256):
            raise Corruption(
                "store.differs", digest.hexdigest(), bytes(file.sha256).hex(), file.name
            )
        yield Source(file.name, path=path)


def _checked(reading: Reading, account: str) -> list[Statement]:
    """The statements, each with an account and with lines of one currency."""
    if not reading.statements:
        raise InvalidInput(
            "file.no-records", f"{len(reading.entries)} entries", "statements", reading.file
        )
    checked: list[Statement] = []
    for statement in reading.statements:
        number = statement.account or account
        if not number:
            raise InvalidInput(
                "statement.account-missing", "no account", "its number", reading.file
            )
        if statement.currency is None:
            raise InvalidInput("match.no-currency", "no currency", "its code", reading.file)
        checked += by_currency(replace(statement, account=number))
    return checked


def record_statements(act: Act, file: ReceivedFile, reading: Reading, account: str) -> Imported:
    """The statements of a reading, recorded; part of a verb that holds the import lock."""
    statements = _checked(reading, account)
    organisation_id = act.caller.organisation_id
    kept = FileReading(
        organisation_id=organisation_id,
        file=file,
        format=reading.format,
        variant=reading.variant,
        charset=reading.charset,
        mapping=[list(each) for each in reading.mapping],
        program=f"tieout {tieout.__version__}",
        line_count=sum(len(each.lines) for each in statements),
        held_count=len(reading.held),
        read_at=act.at,
    )
    placed = [_placed(act, each) for each in statements]
    accounts = {account.pk: account for account, _ in placed}
    before = {key: continuity(statements_of(each)) for key, each in accounts.items()}
    plan_anew()
    kept.save()
    act.keeps(kept)
    repeated, done = 0, 0
    for account_of, statement in placed:
        repeated += _taken(act, kept, account_of, statement, done)
        done += len(statement.lines)
    between = [
        problem
        for key, each in accounts.items()
        for problem in continuity(statements_of(each))
        if problem not in before[key]
    ]
    keep_problems(kept, reading, between)
    suspended = recheck_sign_offs(act, bank_account_ids=accounts)
    imported = Imported(
        kept.pk,
        tuple(accounts),
        len(statements),
        kept.line_count,
        repeated,
        len(reading.held),
        (*reading.all_problems(), *between),
    )
    act.record(
        f"received_file:{file.pk}",
        after={
            "reading": kept.pk,
            "format": f"{reading.format} {reading.variant}".strip(),
            "accounts": [f"bank_account:{key}" for key in accounts],
            "statements": imported.statement_count,
            "lines": imported.line_count,
            "repeated": imported.repeated_count,
            "held": imported.held_count,
            "problems": len(imported.problems),
            "suspended": suspended,
        },
    )
    act.follow_up("statement_imported", reading_id=kept.pk, account_ids=list(accounts))
    return imported


def _taken(
    act: Act, reading: FileReading, account: BankAccount, statement: Statement, before: int
) -> int:
    """One statement with its lines; those that an earlier one gave point to it. How many do.

    `before`: lines of the file that have been recorded already.
    """

    def told(lines: int) -> None:
        report("recording lines", before + lines, reading.line_count)

    told(0)
    ids, known = known_lines(account, statement.lines)
    found = repeats(known, statement.lines) if known else {}
    kept = BankStatement.objects.create(
        organisation_id=reading.organisation_id,
        reading=reading,
        account=account,
        number=statement.number,
        begins_on=statement.begins_on,
        ends_on=statement.ends_on,
        opening_minor=statement.opening.amount_minor if statement.opening else None,
        opening_on=statement.opening.on if statement.opening else None,
        closing_minor=statement.closing.amount_minor if statement.closing else None,
        closing_on=statement.closing.on if statement.closing else None,
        booked_minor=statement.booked_minor,
        line_count=len(statement.lines),
        repeated_count=len(found),
    )
    act.keeps(kept)
    lines, repeated = statement.lines, {at: ids[to] for at, to in found.items()}
    if isinstance(lines, ColumnLines):
        add_columns(kept, lines.tables(TOLD_LINES), lines.holding.attributes, repeated, told)
    else:
        add_lines(kept, lines, repeated, told)
    return len(found)


def _placed(act: Act, statement: Statement) -> tuple[BankAccount, Statement]:
    """The statement's bank account, made when a file names it first, and it in that count."""
    assert statement.currency is not None
    account, is_new = BankAccount.objects.get_or_create(
        organisation_id=act.caller.organisation_id,
        number=statement.account.translate(NUL),
        currency=statement.currency.code,
        defaults={"exponent": statement.currency.exponent},
    )
    if is_new:
        act.keeps(account)
    try:
        return account, counted_in(statement, account.counted_in())
    except ValueError as error:
        raise InvalidInput(
            "record.amount-finer", str(error), f"{account.exponent} decimals", str(account)
        ) from error


def keep_problems(reading: FileReading, read: Reading, between: Sequence[Problem]) -> None:
    held = [(each.problem, each.raw) for each in read.held]
    plain = [(each, "") for each in (*read.all_problems()[: -len(held) or None], *between)]
    ReadingProblem.objects.bulk_create(
        [
            ReadingProblem(
                organisation_id=reading.organisation_id,
                reading=reading,
                code=problem.code,
                severity=problem.severity,
                found=problem.found.translate(NUL),
                expected=problem.expected.translate(NUL),
                line=problem.place.line,
                record=problem.place.record,
                field=problem.place.field or "",
                raw=raw.translate(NUL),
            )
            for problem, raw in (*plain, *held)
        ],
        batch_size=1000,
    )


def statements_as_before(reading: FileReading) -> Imported:
    """The answer for a file that was imported earlier."""
    statements = list(BankStatement.objects.filter(reading=reading))
    problems = ReadingProblem.objects.filter(reading=reading).order_by("id")
    return Imported(
        reading.pk,
        tuple(sorted({each.account_id for each in statements})),
        len(statements),
        reading.line_count,
        sum(each.repeated_count for each in statements),
        reading.held_count,
        tuple(each.to_core() for each in problems),
        is_new=False,
    )
