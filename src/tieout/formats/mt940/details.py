"""Fields :86: and :NS:, the free text: subfields where the bank has a system, words where not.

Four systems are known: the German `?00` to `?63` (Deutsche Kreditwirtschaft, DFÜ-Abkommen annex
3, section 8; with other separators in the Netherlands, Poland and Luxembourg), `/KEY/value/`
(Dutch and Belgian banks), `LABEL: value` (older Dutch forms), and the numbered lines of :NS:.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from tieout.formats.common.fields import tidy

_CODED = re.compile(r"\s*(\d{3})([^\w\s/.,:;()\-])(?=\d\d)")
_PIECE = 27
"""A German subfield holds 27 characters; a full one goes on in the next without a space."""
_LINE = 65
"""Lines of :86: are 65 wide."""
_WIDTH = 60
"""A line clearly shorter than that ended by itself."""
_SEPA = re.compile(
    r"(EREF|KREF|MREF|BREF|RREF|CREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|PURP|SQTP|SVCL)\+"
)
_KEYS = tuple(
    "TRTP IBAN BBAN BIC NAME REMI EREF ORDP BENM MARF CSID CNTP PURP ISDT CDTRREFTP CDTRREF "  # noqa: SIM905  a list of words reads best as words
    "INV PREF KREF IREF RREF PMTINF RTRN RTRS ULTD ULTB ULTC SVCL TRCD OCMT EXCH IACC CHGS OAMT "
    "ADDR PY PT BUSP ACCW AMTO CREF NRTX".split()
)
_SLASHED = re.compile(rf"/({'|'.join(sorted(_KEYS, key=len, reverse=True))})(?=/)")
_LABELLED = re.compile(
    r"(?<![A-Z])(IBAN|BIC|NAAM|REK|OMSCHRIJVING|KENMERK|MACHTIGING|INCASSANT|BETALINGSKENM\.?"
    r"|ID DEBITEUR|PAS)\s*:\s*"
)
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_LEADING_ACCOUNT = re.compile(
    r"\s*(?:(?P<iban>[A-Z]{2}\d{2}(?:[A-Z]{4}\d{6,20}|\d{11,26}))(?: +[A-Z]{6}[A-Z0-9]{2,5})?"
    r"|(?P<old>\d{10}|\d\d\.\d\d\.\d\d\.\d{3}))(?: |$)"
)
_EMPTY = {
    *(
        "",
        "NONREF",
        "NOREF",
        "NOTPROVIDED",
        "NOT PROVIDED",
        "NOTAVAILABLE",
        "EREF",
        "EREF+",
        "KREF",
    ),
    *("KREF+", "MARF", "PREF", "CREF", "X", "NONE", "UNKNOWN"),
}


@dataclass(slots=True)
class Details:
    """What the text of one entry says."""

    narrative: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    references: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def refer(self, value: str) -> None:
        """Add a reference, unless it says that there is none."""
        text = tidy(value)
        if not is_no_reference(text) and text not in self.references:
            self.references.append(text)

    def note(self, name: str, value: str) -> None:
        """Keep what has no field of its own."""
        text = tidy(value)
        if text:
            self.attributes.append((name, text))


def is_no_reference(text: str) -> bool:
    """Whether the text only says that there is no reference."""
    if text.upper() in _EMPTY:
        return True
    return not text.isalnum() and not any(c.isalnum() for c in text)


def parse_details(lines: list[str], account: str) -> Details:
    """The text of :86: under whichever system it follows. `account` is the statement's own."""
    if len(lines) > 1 and re.fullmatch(r"\s*\d{3}\s*", lines[0]):
        lines = [lines[0].strip() + lines[1], *lines[2:]]
    coded = _CODED.match(lines[0]) if lines else None
    if coded:
        return _parse_coded(lines, coded, account)
    joined = _join_slashed(lines)
    if joined.lstrip().startswith("/") and _SLASHED.search(joined):
        return _parse_slashed(joined)
    return _parse_words(lines)


def _parse_coded(lines: list[str], coded: re.Match[str], account: str) -> Details:
    gvc, mark = coded.groups()
    split = _subfields(mark)
    parts = [lines[0][coded.start(2) :]]
    for earlier, line in pairwise(lines):
        # A line that ended early lost its last blank on the way, unless a subfield follows.
        parts.append(line if len(earlier) >= _WIDTH or split.match(line) else " " + line)
    tokens = split.split("".join(parts))
    pieces = [(tokens[i], tokens[i + 1]) for i in range(1, len(tokens) - 1, 2)]
    details = Details()
    details.note("gvc", gvc)
    if tokens[0].strip():
        details.note("text", tokens[0])
    by_code = dict(reversed(pieces))
    for code, name in (("00", "booking_text"), ("10", "primanota"), ("34", "text_key")):
        details.note(name, by_code.get(code, ""))
    for code, text in pieces:
        if code in {"01", "02", "03", "04", "05", "06", "07", "08", "09", "35", "36", "37", "39"}:
            details.note(f"subfield_{code}", text)
    details.counterparty = tidy(_run_on([t for c, t in pieces if c in {"32", "33"}]))
    details.note("counterparty_bank", by_code.get("30", ""))
    numbered = tidy(by_code.get("38", "")) or tidy(by_code.get("31", ""))
    if "38" in by_code and "31" in by_code:
        details.note("subfield_31", by_code["31"])
    purpose = [t for c, t in pieces if c[0] == "2"]
    more = [t for c, t in pieces if c[0] == "6"]
    if more and "29" not in by_code:
        purpose.append("\n")
    purpose += more
    own = numbered and account.endswith(numbered.lstrip("0") or "?")
    if mark == ">" and (own or not numbered):
        purpose, numbered = _triodos(purpose, by_code.get("10", ""), details)
    details.counterparty_account = "".join(numbered.split())
    _read_purpose(_run_on(purpose), details)
    return details


@lru_cache(maxsize=256)
def _subfields(mark: str) -> re.Pattern[str]:
    return re.compile(re.escape(mark) + r"(0\d|10|2\d|3\d|6\d)")


def _triodos(purpose: list[str], number: str, details: Details) -> tuple[list[str], str]:
    """Triodos: the other account in >10, or BIC and IBAN as the first two lines of the text."""
    numbered = number.strip() if number.strip("0 ") else ""
    if purpose and _BIC.fullmatch(purpose[0].strip()):
        details.note("counterparty_bank", purpose[0])
        purpose = purpose[1:]
        if purpose and IBAN.fullmatch(purpose[0].strip()):
            numbered, purpose = purpose[0].strip(), purpose[1:]
    return purpose, numbered


def _run_on(pieces: list[str]) -> str:
    """Subfields as one text: a full one goes on directly, a shorter one ends a line."""
    return "".join(piece if len(piece) >= _PIECE else piece + "\n" for piece in pieces)


def _read_purpose(text: str, details: Details) -> None:
    """SEPA keys such as `EREF+` inside the purpose; what is not behind a key stays narrative."""
    tokens = _SEPA.split(text)
    plain = [tokens[0]]
    for key, text_of in zip(tokens[1::2], tokens[2::2], strict=True):
        if key == "SVWZ":
            plain.append(text_of)
            continue
        # A reference ends with a subfield that is not full; what follows is free text.
        value, _, after = text_of.lstrip("\n").partition("\n")
        plain.append(after)
        details.note(key, value)
        if key in {"EREF", "KREF", "MREF", "BREF", "RREF", "CREF"}:
            details.refer(value)
        elif key == "IBAN" and not details.counterparty_account:
            details.counterparty_account = "".join(value.split())
    details.narrative = tidy(" ".join(plain))


def _join_slashed(lines: list[str]) -> str:
    """Lines of a `/KEY/value/` text as one: keys may be cut in two by the wrapping."""
    parts = lines[:1]
    for earlier, line in pairwise(lines):
        cut = re.search(r"/[A-Z]{0,8}$", earlier[-9:])
        rest = re.match(r"[A-Z]{0,8}/", line)
        whole = cut.group()[1:] + rest.group()[:-1] if cut and rest else ""
        joined = (
            len(earlier) >= _WIDTH
            or whole in _KEYS
            or line.startswith(("/", " "))
            or earlier.endswith(("/", " "))
        )
        parts.append(line if joined else " " + line)
    return "".join(parts)


def _parse_slashed(text: str) -> Details:
    details = Details()
    tokens = _SLASHED.split(text)
    details.note("text", tokens[0].strip("/ "))
    remitted: list[str] = []
    for key, value in zip(tokens[1::2], tokens[2::2], strict=True):
        body = value.strip().strip("/").strip()
        if key in {"REMI", "PY"}:
            remitted.append(re.sub(r"^(?:USTD|STRD)/+", "", body))
        elif key == "NAME" and not details.counterparty:
            details.counterparty = tidy(body)
        elif key in {"IBAN", "BBAN"} and not details.counterparty_account:
            details.counterparty_account = "".join(body.split())
        elif key == "CNTP":
            _read_counterparty(value, details)
        else:
            details.note(key, body)
        if key in {"EREF", "CDTRREF", "INV", "PREF", "KREF", "IREF", "RREF", "MARF", "CREF"}:
            details.refer(body)
    details.narrative = tidy(" ".join(remitted)) or tidy(text)
    return details


def _read_counterparty(value: str, details: Details) -> None:
    """ING and Triodos: `/CNTP/account/BIC/name/city/`."""
    parts = [*(tidy(part) for part in value.removeprefix("/").split("/")), "", "", "", ""]
    details.counterparty_account = details.counterparty_account or "".join(parts[0].split())
    details.note("counterparty_bank", parts[1])
    details.counterparty = details.counterparty or parts[2]
    details.note("counterparty_city", parts[3])


def _parse_words(lines: list[str]) -> Details:
    text = "\n".join(lines)
    details = Details(narrative=tidy(_join_words(lines)))
    tokens = _LABELLED.split(text)
    for key, value in zip(tokens[1::2], tokens[2::2], strict=True):
        # Two columns to a line: blanks in a row end a value, and so does the slash of Knab.
        body = re.split(r"\s{3,}|/NAAM|\n(?=[A-Z ]+:)", value.strip(" "), maxsplit=1)[0]
        body = tidy(body).rstrip("/")
        if key == "NAAM":
            details.counterparty = details.counterparty or body
        elif key in {"IBAN", "REK"}:
            details.counterparty_account = details.counterparty_account or "".join(body.split())
        else:
            details.note(key.rstrip("."), body)
            if key.startswith(("KENMERK", "BETALINGSKENM", "MACHTIGING")):
                details.refer(body)
    leading = _LEADING_ACCOUNT.match(text)
    if leading and not details.counterparty_account:
        details.counterparty_account = leading.group("iban") or leading.group("old")
    return details


def _join_words(lines: list[str]) -> str:
    """Lines as one text: a full one was cut by its width, a shorter one ended by itself."""
    parts = lines[:1]
    for earlier, line in pairwise(lines):
        cut = len(earlier) >= _LINE and earlier[-1].isalnum() and line[:1].isalnum()
        parts.append(line if cut and not _LABELLED.match(line) else " " + line)
    return "".join(parts)


def parse_numbered(lines: list[str]) -> dict[str, list[str]]:
    """:NS:, numbered lines: two digits and a text each."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if re.match(r"\d\d", line):
            found.setdefault(line[:2], []).append(line[2:])
        elif line.strip() and found:
            found[next(reversed(found))].append(line)
        elif line.strip():
            found.setdefault("01", []).append(line)
    return found


def details_of_numbered(lines: list[str]) -> Details:
    """An entry's :NS:; 01 to 14 are the text, 15 and 16 the name, 33 and 34 the other account."""
    details = Details()
    words: list[str] = []
    name: list[str] = []
    for code, texts in parse_numbered(lines).items():
        text = " ".join(texts)
        if "01" <= code <= "14":
            words.append(text)
        elif code in {"15", "16"}:
            name.append(text)
        elif code == "34":
            details.counterparty_account = "".join(text.split())
        else:
            named = {"17": "booking_text", "18": "primanota", "33": "counterparty_bank"}
            details.note(named.get(code, f"line_{code}"), text)
    details.narrative, details.counterparty = tidy(" ".join(words)), tidy(" ".join(name))
    return details
