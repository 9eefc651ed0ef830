"""Text of old 8-bit exports whose charset header lies more often than not."""

import codecs
import re

from tieout.core.errors import Problem
from tieout.formats.common.eightbit import guess_charset
from tieout.formats.common.source import Text, decode

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD_BYTES = re.compile(rb"[A-Za-z\x80-\xff]")
_PLAIN = {"", "ascii", "cp1252", "iso8859-1", "utf-8"}


def decode_western(data: bytes, claimed: str = "") -> Text:
    """Decode text that is most likely Western, whatever the file says of itself.

    In this order: byte-order mark, UTF-16 without a mark, plain ASCII, UTF-8 (bytes above 127
    that form UTF-8 are never an accident), the claimed charset, and then what the letters speak
    for, which is Windows-1252 unless they speak clearly against it.
    """
    wide = _wide(data)
    if data.startswith(_MARKS) or wide:
        return decode(data, wide)
    data = data.replace(b"\0", b"")
    claim = _known(claimed)
    if data.isascii():
        return Text(data.decode("ascii"), claim or "ascii")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit(data, claim)
    return Text(text, "utf-8", () if claim in {"", "utf-8"} else (_lie("UTF-8", claim),))


def _eight_bit(data: bytes, claim: str) -> Text:
    problems = (_lie("8-bit letters", claim),) if claim in {"ascii", "utf-8"} else ()
    if claim in _PLAIN:
        sample = data[:200_000]
        if len(_HIGH.findall(sample)) * 3 > len(_WORD_BYTES.findall(sample)):
            guessed = decode(data)
            return Text(guessed.text, guessed.charset, problems or guessed.problems)
        tries = [guess_charset(data), "cp1252", "cp850"]
    else:
        tries = [claim, "cp1252"]
    for charset in tries:
        try:
            return Text(data.decode(charset), charset, problems)
        except UnicodeDecodeError:
            problems = problems or ((_lie(f"text that is not {claim}", claim),) if claim else ())
    return Text(data.decode("latin-1"), "iso8859-1", problems)


def _lie(found: str, claim: str) -> Problem:
    return Problem("file.encoding", found, f"{claim}, which the file names")


def _known(claimed: str) -> str:
    try:
        return codecs.lookup(claimed).name if claimed else ""
    except (LookupError, ValueError):
        return ""


def _wide(data: bytes) -> str:
    """UTF-16 shows itself by a NUL beside every ASCII letter."""
    head = data[:2000]
    if len(head) < 8 or head.count(0) * 5 < len(head) * 2:
        return ""
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
