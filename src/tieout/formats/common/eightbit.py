"""Which 8-bit charset text is in, where neither a mark nor a claim nor UTF-8 says it.

Western banks write Windows-1252; that is the answer unless the bytes speak clearly for another:
letters that are no letters there (Central European, DOS), or words made mostly of bytes above
127, which is another script and a matter of statistics.
"""

import re

_WORD = re.compile(rb"[A-Za-z\x80-\xff]{0,60}[\x80-\xff][A-Za-z\x80-\xff]{0,60}")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORDS_MAX = 2_000
_SAMPLE_BYTES = 20_000
_LATIN = ("cp1252", "cp1250", "cp850")
"""Tried in this order; a later one must fit clearly better."""
_SELDOM = {"cp1252": frozenset("ŠšŽžŸðÐþÞ")}
"""Letters a charset has but its languages hardly use; in Central Europe they are everywhere."""


def guess_charset(data: bytes, fallback: str = "cp1252") -> str:
    """The likeliest charset of bytes that are not UTF-8."""
    words = []
    for found in _WORD.finditer(data):
        words.append(found.group())
        if len(words) == _WORDS_MAX:
            break
    high = sum(len(_HIGH.findall(word)) for word in words)
    if high * 2 > sum(map(len, words)):
        return _by_statistics(words, fallback)
    strange = {charset: _strangeness(words, charset) for charset in _LATIN}
    best = min(_LATIN, key=strange.__getitem__)
    return best if strange[best] * 2 < strange[_LATIN[0]] else _LATIN[0]


def _strangeness(words: list[bytes], charset: str) -> int:
    """How many characters no word of that charset's languages would have."""
    seldom = _SELDOM.get(charset, frozenset())
    count = 0
    for word in words:
        text = word.decode(charset, errors="replace")
        for before, char in zip(" " + text, text, strict=False):
            if char < "\x80":
                continue
            inside = len(text) > 1
            is_no_letter = char == "\ufffd" or char in seldom or (inside and not char.isalpha())
            count += is_no_letter or (char.isupper() and before.islower())
    return count


def _by_statistics(words: list[bytes], fallback: str) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  start-up time counts

    guess = from_bytes(b" ".join(words)[:_SAMPLE_BYTES]).best()
    charset = guess.encoding if guess is not None else fallback
    return fallback if charset in {"ascii", "utf_8"} else charset
