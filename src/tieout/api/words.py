"""The words of the door: ids that say what they are of, money, texts.

Money is a decimal text with its currency: exact in every language, whatever size the numbers of a
language have, and its decimals show in how many the account is counted.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import core_schema

from tieout.core.errors import InvalidInput
from tieout.core.jobs import Task
from tieout.core.money import format_minor
from tieout.core.subjects import Subject, SubjectKind

LIMIT = 100
LIMIT_MAX = 1000
COUNT_MAX = 10**9
PERIOD_MAX = 1_000_000
_NUMBER = "[1-9][0-9]{0,17}"


class In(Schema):
    """What comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Out(Schema):
    """What goes out."""

    model_config = ConfigDict(use_attribute_docstrings=True)


@dataclass(frozen=True)
class Id:
    """An id: a number inside, `prefix_number` outside, so that no id passes for another's."""

    prefix: str
    of: str

    def read(self, value: object, info: core_schema.ValidationInfo) -> int:
        """The number; from outside only in its own form."""
        is_from_outside = info.context is not None and "response_status" not in info.context
        if isinstance(value, int) and not is_from_outside:
            return value
        text = value if isinstance(value, str) else ""
        found = re.fullmatch(f"{self.prefix}_({_NUMBER})", text, re.ASCII)
        if found is None:
            raise ValueError(f"expected the id of {self.of}, as {self.prefix}_1")
        return int(found[1])

    def show(self, value: int) -> str:
        return f"{self.prefix}_{value}"

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:  # noqa: ANN401  pydantic's own
        return core_schema.with_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.show, return_schema=core_schema.str_schema()
            ),
        )

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> dict[str, object]:
        return {
            "type": "string",
            "pattern": f"^{self.prefix}_{_NUMBER}$",
            "description": f"The id of {self.of}.",
        }


FileId = Annotated[int, Id("file", "a received file")]
ReadingId = Annotated[int, Id("read", "a reading of a file")]
BankAccountId = Annotated[int, Id("bac", "a bank account")]
StatementId = Annotated[int, Id("sta", "a statement")]
LineId = Annotated[int, Id("stl", "a statement line")]
EntryId = Annotated[int, Id("je", "a journal entry")]
PostingId = Annotated[int, Id("pst", "a posting")]
ReconciliationId = Annotated[int, Id("rec", "a reconciliation")]
RunId = Annotated[int, Id("run", "a match run")]
GroupId = Annotated[int, Id("grp", "a match group")]
DecisionId = Annotated[int, Id("dec", "a decision")]
SignOffId = Annotated[int, Id("sgn", "a sign-off")]
CommentId = Annotated[int, Id("com", "a comment")]
EvidenceId = Annotated[int, Id("evd", "a piece of evidence")]
MemberId = Annotated[int, Id("mem", "a member")]
InvitationId = Annotated[int, Id("inv", "an invitation")]
TokenId = Annotated[int, Id("tok", "a token")]
JobId = Annotated[int, Id("job", "a job")]
ScheduleId = Annotated[int, Id("sch", "a schedule")]
RuleId = Annotated[int, Id("rul", "an alert rule")]
AlertId = Annotated[int, Id("alr", "an alert")]
ChannelId = Annotated[int, Id("chn", "a channel")]
NotificationId = Annotated[int, Id("ntf", "a notification")]
VersionId = Annotated[int, Id("set", "a version of the settings")]
ProposalId = Annotated[int, Id("prp", "a proposal of settings")]
BooksId = Annotated[int, Id("bks", "books that are explained")]
SnapshotId = Annotated[int, Id("snp", "a snapshot of books")]
ExplainedId = Annotated[int, Id("exp", "an explanation of books")]
ItemId = Annotated[int, Id("itm", "an item of an explanation")]
CaseId = Annotated[int, Id("case", "a case")]
LookId = Annotated[int, Id("look", "what was said of a sampled case")]
CertificationId = Annotated[int, Id("cer", "a step of certifying a period")]
PolicyId = Annotated[int, Id("pol", "a policy for a ledger's periods")]
PeriodNumber = Annotated[
    int, Field(ge=0, le=PERIOD_MAX, description="As the books count them; 0 is brought forward.")
]


def whole_letters(text: str) -> str:
    """NUL is refused: no database keeps it."""
    if "\0" in text:
        raise ValueError("expected text without NUL characters")
    return text


def _text(least: int, most: int) -> Any:  # noqa: ANN401  what pydantic reads beside a type
    return Field(
        min_length=least,
        max_length=most,
        json_schema_extra={"pattern": r"^[^\x00]*$" if not least else r"^[^\x00]*\S[^\x00]*$"},
    )


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("expected more than blanks")
    return text


Text = Annotated[str, _text(0, 2000), AfterValidator(whole_letters)]
LongText = Annotated[
    str, _text(1, 20_000), AfterValidator(whole_letters), AfterValidator(_not_blank)
]
Name = Annotated[str, _text(1, 200), AfterValidator(whole_letters), AfterValidator(_not_blank)]
Email = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,189}$")
]


def _written(form: str, example: str) -> BeforeValidator:
    """The library reads a number as seconds since 1970 too."""

    def check(value: object) -> object:
        if isinstance(value, date) or (isinstance(value, str) and re.match(form, value, re.ASCII)):
            return value
        raise ValueError(f"expected {example}")

    return BeforeValidator(check)


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
Day = Annotated[date, _written(f"{_DAY}$", "a day as 2026-09-30")]
Instant = Annotated[AwareDatetime, _written(f"{_DAY}[Tt]", "an instant as 2026-11-22T09:30:00Z")]
Count = Annotated[int, Field(ge=0, le=COUNT_MAX, strict=True)]


AmountText = Annotated[str, Field(pattern=r"^-?[0-9]{1,16}(\.[0-9]{1,18})?$")]


class Money(In):
    """An amount: a decimal text, and the currency it is in."""

    amount: str = Field(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,18})?$", examples=["-12.50"])
    currency: str = Field(min_length=1, max_length=40, examples=["EUR"])


def money(amount_minor: int, currency: str, exponent: int) -> Money:
    """Minor units as they go out."""
    return Money.model_construct(amount=format_minor(amount_minor, exponent), currency=currency)


def to_minor(given: Money, currency: str, exponent: int) -> int | None:
    """Minor units of that currency; None when it is another one or finer."""
    whole, _, part = given.amount.lstrip("-").partition(".")
    if given.currency != currency or part[exponent:].strip("0"):
        return None
    minor = int(whole + part[:exponent].ljust(exponent, "0"))
    return -minor if given.amount.startswith("-") else minor


def instant(at: datetime) -> datetime:
    """As it goes out: in UTC."""
    return at.astimezone(UTC)


Item = TypeVar("Item")
CursorText = Annotated[
    str,
    Field(max_length=400, pattern="^[A-Za-z0-9_-]+$", description="As the page before gave it."),
]


def _digits(value: object) -> object:
    """The library reads `1.0`, `+1` and ` 1` too."""
    if isinstance(value, str) and not re.fullmatch(_NUMBER, value, re.ASCII):
        raise ValueError("expected a number in digits")
    return value


def _flag(value: object) -> object:
    """The library reads `yes`, `on` and `1` too."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("expected true or false")
    return value


Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=LIMIT_MAX)]
Flag = Annotated[bool, BeforeValidator(_flag)]
"""A parameter of the address that is said or not."""
Search = Annotated[str, _text(0, 200)]


class PageOut(Out, Generic[Item]):
    """Some rows; `next_cursor` leads to the next ones and is null at the end.

    A search may give fewer rows than asked for, or none, before its end: only the cursor tells.
    """

    items: list[Item]
    next_cursor: str | None


_SUBJECTS = {
    SubjectKind.MATCH_GROUP: "grp",
    SubjectKind.DECISION: "dec",
    SubjectKind.RECONCILIATION: "rec",
    SubjectKind.SIGN_OFF: "sgn",
    SubjectKind.BANK_LINE: "stl",
    SubjectKind.POSTING: "pst",
    SubjectKind.RECEIVED_FILE: "file",
    SubjectKind.BOOKS: "bks",
    SubjectKind.CASE: "case",
    SubjectKind.CERTIFICATION: "cer",
}
_KINDS = {prefix: kind for kind, prefix in _SUBJECTS.items()}
SubjectId = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(_KINDS)})_{_NUMBER}$",
        description="The id of what it is about: a group, decision, line, file and so on.",
    ),
]


def subject_in(text: str) -> Subject:
    """The subject of an id that has been checked."""
    prefix, _, number = text.partition("_")
    return Subject(_KINDS[prefix], int(number))


def subject_out(subject: Subject) -> str:
    """Its id as it goes out."""
    return f"{_SUBJECTS[subject.kind]}_{subject.record_id}"


_WATCHED = {
    "received_file": "file",
    "reconciliation": "rec",
    "bank_account": "bac",
    "job_run": "job",
    "books": "bks",
}


def job_subject(text: str) -> str:
    """What a job, a schedule or an alert is about: an id where it is a record, else a word."""
    kind, _, number = text.partition(":")
    return f"{_WATCHED[kind]}_{number}" if kind in _WATCHED else text


def task_arguments(
    task: Task, file_id: int | None, reconciliation_id: int | None, books_id: int | None = None
) -> dict[str, int]:
    """What the task works on; `InvalidInput` when it is not that which it works on."""
    given = {"file_id": file_id, "reconciliation_id": reconciliation_id, "books_id": books_id}
    wanted = {
        Task.IMPORT_FILE: "file_id",
        Task.TRY_IMPORT: "file_id",
        Task.RECONCILE: "reconciliation_id",
        Task.EXPLAIN_BOOKS: "books_id",
    }.get(task)
    for name, value in given.items():
        if (value is not None) != (name == wanted):
            found = "an id" if value is not None else "no id"
            expected = f"one for {task}" if name == wanted else f"none for {task}"
            raise InvalidInput("request.invalid", found, expected, name)
    return {name: value for name, value in given.items() if value is not None}
