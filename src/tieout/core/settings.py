"""Settings of an organisation as one readable text, and what changes from one to another.

The text is TOML of a versioned schema: sections of entries, each entry known by the words of its
keys. What one entry says of another it says by those words (`77 EUR / bank`), never by a number of
a database, so that the same text means the same in another organisation. No secret is ever in it.
"""

import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from tieout.core.access import Role
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.audit import Value
from tieout.core.errors import AccessDenied, InvalidInput, TieoutError
from tieout.core.explain.books import SubLedger
from tieout.core.explain.certifying import DUE_DAYS_MAX, AutomaticRule, ClosingPolicy, Risk
from tieout.core.explain.sampling import PERCENT_MAX, SAMPLE_MOST
from tieout.core.jobs import OF_ORGANISATION, SCHEDULED, Task
from tieout.core.schedules import Cron, Every, cron_of
from tieout.core.toml import toml_of

SCHEMA = 1
TEXT_VERBS = ("choose_profile", "import_settings", "promote_settings", "roll_back_settings")
"""What puts a whole document in force: with a reason, and with another person's approval."""
LARGEST = 2**63 - 1
FAULTS_SHOWN = 10
SHOWN_MAX = 200
"""Letters of a wrong value that a message shows."""

Entry = Mapping[str, Any]
"""The fields of an entry by name, all of them, in plain values."""
Entries = Mapping[str, Entry]
"""The entries of a section by their key."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry: what it may hold, and what it holds when it is left out."""

    kind: type
    default: Any = None
    """None: the field must be given."""
    words: tuple[str, ...] = ()
    """Of a text or a list: the only words it may hold."""
    is_optional: bool = False
    """It may be left out, and then holds nothing."""
    most: int = LARGEST


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of setting."""

    name: str
    fields: Mapping[str, Field]
    key: str
    """How an entry is called, with its fields in it."""

    def key_of(self, entry: Entry) -> str:
        """What the entry is called."""
        return self.key.format(**entry)


def _words(of: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(str, of))


_NAME = Field(str)
_POLICY = ClosingPolicy()
SECTIONS = (
    Section(
        "bank_accounts",
        {"number": _NAME, "currency": _NAME, "decimals": Field(int, most=18)},
        "{number} {currency}",
    ),
    Section(
        "reconciliations",
        {
            "name": _NAME,
            "bank_account": _NAME,
            "account": _NAME,
            "rules": Field(dict, {}),
        },
        "{bank_account} / {account}",
    ),
    Section("books", {"name": _NAME, "mapping": Field(str, "")}, "{name}"),
    Section(
        "closing_policies",
        {
            "books": _NAME,
            "ledger": Field(str, words=_words(SubLedger)),
            "risk": Field(str, _POLICY.risk.value, words=_words(Risk)),
            "due_days": Field(int, _POLICY.due_days, most=DUE_DAYS_MAX),
            "unexplained": Field(int, _POLICY.unexplained_minor),
            "evidence": Field(int, _POLICY.evidence_minor, is_optional=True),
            "automatic": Field(str, _POLICY.automatic.value, words=_words(AutomaticRule)),
            "second_review": Field(int, _POLICY.second_review_minor, is_optional=True),
            "sample_percent": Field(int, _POLICY.sample_percent, most=PERCENT_MAX),
            "sample_most": Field(int, _POLICY.sample_most, most=SAMPLE_MOST),
            "sample_above": Field(int, _POLICY.sample_above_minor, is_optional=True),
        },
        "{books} {ledger}",
    ),
    Section(
        "schedules",
        {
            "task": Field(str, words=_words(SCHEDULED)),
            "subject": Field(str, ""),
            "every": Field(str, words=_words(Every)),
            "cron": Field(str, ""),
            "zone": Field(str, "UTC"),
        },
        "{task} {subject}",
    ),
    Section(
        "alert_rules",
        {"kind": Field(str, words=_words(AlertKind)), "subject": _NAME, "allowed": Field(int)},
        "{kind} {subject}",
    ),
    Section(
        "channels",
        {
            "name": _NAME,
            "kind": Field(str, words=_words(ChannelKind)),
            "alerts": Field(list, [], words=_words(AlertKind)),
            "bank_accounts": Field(list, []),
            "roles": Field(list, [], words=_words(Role)),
        },
        "{name}",
    ),
)
"""Every kind of setting, in the order of the text: what is named comes before what names it."""


def policy_entry(policy: ClosingPolicy) -> dict[str, Value]:
    """A policy as a document of settings and the audit chain say it; amounts in minor units."""
    return {
        "risk": policy.risk.value,
        "due_days": policy.due_days,
        "unexplained": policy.unexplained_minor,
        "evidence": policy.evidence_minor,
        "automatic": policy.automatic.value,
        "second_review": policy.second_review_minor,
        "sample_percent": policy.sample_percent,
        "sample_most": policy.sample_most,
        "sample_above": policy.sample_above_minor,
    }


def policy_of(entry: Entry) -> ClosingPolicy:
    """The policy that such an entry says."""
    return ClosingPolicy(
        Risk(entry["risk"]),
        entry["due_days"],
        entry["unexplained"],
        entry["evidence"],
        AutomaticRule(entry["automatic"]),
        entry["second_review"],
        entry["sample_percent"],
        entry["sample_most"],
        entry["sample_above"],
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of an organisation; two that say the same have the same text."""

    sections: Mapping[str, Entries]

    @property
    def text(self) -> str:
        """The document: sections in their order, entries by their keys, defaults left out."""
        tables: dict[str, Any] = {"schema": SCHEMA}
        for section in SECTIONS:
            entries = self.sections[section.name]
            tables[section.name] = [
                {
                    name: entries[key][name]
                    for name, field in section.fields.items()
                    if entries[key][name] != field.default
                }
                for key in sorted(entries)
            ]
        return toml_of(tables)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is added (`before` is empty), changed (what differs), or removed."""

    section: str
    key: str
    before: Entry
    after: Entry

    def __str__(self) -> str:
        """`~ schedules reconcile 77 EUR / bank: every 'daily' → 'weekly'`."""
        sign = "~" if self.before and self.after else "+" if self.after else "-"
        names = self.after or self.before
        said = [f"{name} {self._said(name)}" for name in names]
        return f"{sign} {self.section} {self.key.strip()}: {', '.join(said)}"

    def _said(self, name: str) -> str:
        sides = [repr(each[name]) for each in (self.before, self.after) if name in each]
        return " → ".join(sides)


def settings_from(sections: Mapping[str, Iterable[Entry]]) -> Settings:
    """Settings of entries that are known to be right; sections left out are empty."""
    return Settings(
        {
            each.name: {each.key_of(entry): entry for entry in sections.get(each.name, ())}
            for each in SECTIONS
        }
    )


def changes(before: Settings, after: Settings) -> tuple[Change, ...]:
    """What makes the one the other, in the order of the text; of a changed entry what differs."""
    found = []
    for section in SECTIONS:
        old, new = before.sections[section.name], after.sections[section.name]
        for key in sorted(old.keys() | new.keys()):
            was, now = old.get(key, {}), new.get(key, {})
            if was and now:
                differing = [name for name in section.fields if was[name] != now[name]]
                was, now = ({name: each[name] for name in differing} for each in (was, now))
            if was or now:
                found.append(Change(section.name, key, was, now))
    return tuple(found)


def require_approver(author_id: int, approver_id: int) -> None:
    """Raise `AccessDenied` when one person would approve what they propose."""
    if author_id == approver_id:
        raise AccessDenied(
            "settings.four-eyes", f"member:{approver_id}, who proposes it", "another person"
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong, and where in the document."""

    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}, expected {self.expected}"


def settings_of(text: str, *, check_rules: Callable[[Entry], object]) -> Settings:
    """The settings that a document says; `InvalidInput` names every place that is wrong.

    `check_rules` raises a `TieoutError` for match rules that cannot be.
    """
    data = _parsed(text)
    faults: list[_Fault] = []
    sections: dict[str, dict[str, Entry]] = {}
    known = [each.name for each in SECTIONS]
    faults += [
        _Fault(name, "a section that is not known", f"one of {', '.join(known)}")
        for name in data.keys() - {"schema", *known}
    ]
    for section in SECTIONS:
        sections[section.name] = _entries(section, data.get(section.name, []), faults)
    faults += _apart(sections, check_rules)
    if faults:
        raise _refused(faults)
    return Settings(sections)


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("settings.invalid", str(error) or "tables too deep", "TOML") from error
    if data.get("schema") != SCHEMA:
        found = f"the schema {_shown(data.get('schema'))}"
        raise InvalidInput("settings.invalid", found, f"schema = {SCHEMA}", "schema")
    return data


def _refused(faults: list[_Fault]) -> InvalidInput:
    first, *more = faults
    if not more:
        return InvalidInput("settings.invalid", first.found, first.expected, first.place)
    said = "; ".join(map(str, faults[:FAULTS_SHOWN]))
    return InvalidInput("settings.invalid", said, "", f"{len(faults)} places")


def _entries(section: Section, given: object, faults: list[_Fault]) -> dict[str, Entry]:
    """The entries of a section that can be read; what cannot is a fault."""
    if not isinstance(given, list):
        faults.append(_Fault(section.name, _shown(given), f"tables [[{section.name}]]"))
        return {}
    found: dict[str, Entry] = {}
    for number, each in enumerate(given, 1):
        place = f"{section.name} {number}"
        entry = _entry(section, each, place, faults)
        if entry is None:
            continue
        key = section.key_of(entry)
        if key in found:
            faults.append(_Fault(place, f"{key} a second time", "each of them once"))
        found[key] = entry
    return found


def _entry(section: Section, given: object, place: str, faults: list[_Fault]) -> Entry | None:
    """All fields in plain values; None where one of them cannot be."""
    if not isinstance(given, dict):
        faults.append(_Fault(place, _shown(given), "a table"))
        return None
    before = len(faults)
    for name in given.keys() - section.fields.keys():
        expected = f"one of {', '.join(section.fields)}"
        faults.append(_Fault(f"{place}, {name}", "a field that is not known", expected))
    entry = {}
    for name, field in section.fields.items():
        value = given.get(name, field.default)
        wrong = _wrong(value, field)
        if wrong:
            found = _shown(value) if name in given else "nothing"
            faults.append(_Fault(f"{place}, {name}", found, wrong))
        entry[name] = sorted(set(value)) if field.kind is list and not wrong else value
    return entry if len(faults) == before else None


def _wrong(value: object, field: Field) -> str:
    """What was expected instead; nothing when the value will do."""
    expected = {
        int: f"a whole number from 0 to {field.most}",
        dict: "a table of plain values",
        list: "a list of texts",
        str: "a text",
    }[field.kind]
    if value is None and field.is_optional:
        return ""
    fits = type(value) is field.kind and _is_plain(value)
    if isinstance(value, int):
        fits = fits and 0 <= value <= field.most
    elif isinstance(value, str):
        fits = fits and (bool(value) or field.default is not None)
    elif isinstance(value, list):
        fits = fits and all(isinstance(each, str) for each in value)
    if field.words:
        expected = f"{'' if field.kind is str else 'a list, each '}one of {', '.join(field.words)}"
        said = value if isinstance(value, list) else [value]
        fits = fits and all(each in field.words for each in said)
    return "" if fits else expected


def _is_plain(value: object) -> bool:
    """Whether a database keeps it: no day or time, no infinity, no NUL."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, dict):
        return all(_is_plain(name) and _is_plain(each) for name, each in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return isinstance(value, float) and math.isfinite(value)


def _shown(value: object) -> str:
    """The value as a message shows it: not the whole of it, where it is long."""
    try:
        said = repr(value)
    except ValueError:
        return "a number of thousands of digits"
    return said if len(said) <= SHOWN_MAX else f"{said[:SHOWN_MAX]}…"


def _apart(
    sections: dict[str, dict[str, Entry]], check_rules: Callable[[Entry], object]
) -> Iterable[_Fault]:
    """Faults of entries that can be read: what they name is there, and what they say agrees."""
    accounts, pairs = sections["bank_accounts"], sections["reconciliations"]
    named: set[str] = set()
    for key, each in pairs.items():
        named.add(each["bank_account"])
        if each["bank_account"] not in accounts:
            yield _missing(f"reconciliations {key}, bank_account", each["bank_account"])
        try:
            check_rules(each["rules"])
        except TieoutError as error:
            place = f"reconciliations {key}, {error.where}"
            yield _Fault(place, error.found, error.expected)
    for key, each in sections["closing_policies"].items():
        if each["books"] not in sections["books"]:
            yield _missing(f"closing_policies {key}, books", each["books"])
    subjects = {Task.RECONCILE: pairs, Task.EXPLAIN_BOOKS: sections["books"]}
    for key, each in sections["schedules"].items():
        known = subjects.get(Task(each["task"]), {})
        yield from _schedule_faults(f"schedules {key}", each, known)
    for key, each in sections["alert_rules"].items():
        yield from _rule_faults(f"alert_rules {key}", each, sections, named)
    for key, each in sections["channels"].items():
        yield from _channel_faults(f"channels {key}", each, accounts, named)
    for key in accounts.keys() - named:
        yield _Fault(f"bank_accounts {key}", "an account that no setting names", "nothing of it")


def _missing(place: str, name: str) -> _Fault:
    return _Fault(place, repr(name), "an entry of this document")


def _schedule_faults(place: str, each: Entry, known: Entries) -> Iterable[_Fault]:
    if each["task"] not in OF_ORGANISATION and each["subject"] not in known:
        yield _missing(f"{place}, subject", each["subject"])
    if each["task"] in OF_ORGANISATION and each["subject"]:
        yield _Fault(f"{place}, subject", repr(each["subject"]), "none for this task")
    try:
        expected = cron_as(Every(each["every"]), each["cron"])
    except TieoutError as error:
        yield _Fault(f"{place}, cron", error.found, error.expected)
    else:
        if each["cron"] != expected:
            yield _Fault(f"{place}, cron", repr(each["cron"]), repr(expected))


def cron_as(every: Every, text: str) -> str:
    """The five fields as such a schedule has them, at minute, hour and day of the text."""
    if every in {Every.MANUAL, Every.REAL_TIME}:
        return ""
    cron = Cron.of(text)
    at = time(min(cron.hours), min(cron.minutes))
    made = cron_of(every, at, min(cron.weekdays), cron.text)
    return made.text if made else ""


def _rule_faults(
    place: str, each: Entry, sections: Mapping[str, Entries], named: set[str]
) -> Iterable[_Fault]:
    subject = each["subject"]
    match AlertKind(each["kind"]):
        case AlertKind.DIFFERENCE if subject not in sections["reconciliations"]:
            yield _missing(f"{place}, subject", subject)
        case AlertKind.MISSING_FEED if subject not in sections["bank_accounts"]:
            yield _missing(f"{place}, subject", subject)
        case AlertKind.MISSING_FEED:
            named.add(subject)
        case AlertKind.OVERDUE if subject not in set(Task):
            yield _Fault(f"{place}, subject", repr(subject), f"one of {', '.join(Task)}")
        case (
            AlertKind.VERIFICATION_FAILED
            | AlertKind.JOB_FAILED
            | AlertKind.UNEXPLAINED
            | AlertKind.UNUSUAL_VOLUME
            | AlertKind.CERTIFICATION_SUSPENDED
        ):
            yield _Fault(f"{place}, kind", each["kind"], "a kind that allows something")


def _channel_faults(
    place: str, each: Entry, accounts: Entries, named: set[str]
) -> Iterable[_Fault]:
    named.update(each["bank_accounts"])
    for name in each["bank_accounts"]:
        if name not in accounts:
            yield _missing(f"{place}, bank_accounts", name)
    if (each["kind"] == ChannelKind.MEMBERS) != bool(each["roles"]):
        yield _Fault(f"{place}, roles", repr(each["roles"]), "some for members, none for others")
