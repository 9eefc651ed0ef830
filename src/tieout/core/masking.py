"""Masks for words and numbers: the same for the same, another for another, and no way back.

Each run of letters or digits is masked by itself, letter by letter: what a letter becomes hangs on
the key and on the letters before it in its run. So lengths stay, capitals stay, equal beginnings
stay equal (`MARLOW` begins the mask of `MARLOWE`), different words stay different, and no letter
or digit stands for itself. Marks and blanks are kept, and so are leading zeros, years, and the
words that are named as telling nothing of anybody; a number that would become a year is masked
again. Where `is_exact`, years are masked too and an accent counts: ids that differ stay different.
Whoever drops the key cannot undo it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

_RUNS = re.compile(r"[^\W\d_]+|\d+")
_A = ord("a")
_BEYOND = 26**5
"""Letters beyond the Latin ones become five Latin letters: there are fewer of them than this."""
YEARS = range(1990, 2036)
KEY_BYTES = 32


class Mask:
    """One key's masks."""

    def __init__(
        self, key: bytes, kept: frozenset[str] = frozenset(), *, is_exact: bool = False
    ) -> None:
        """`kept`: words in capitals that are left as they are."""
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has at least {KEY_BYTES} bytes")
        self._key = key
        self._kept = kept
        self._is_exact = is_exact
        self._known: dict[str, str] = {}

    def text(self, text: str) -> str:
        """The text with every word and number masked."""
        return _RUNS.sub(lambda found: self._run(found[0]), unicodedata.normalize("NFC", text))

    def anything(self, value: object, plain: frozenset[str] = frozenset()) -> object:
        """A value as JSON has it, all its texts masked but those under the names in `plain`."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {
                    name if name in plain else self.text(name): (
                        each if name in plain else self.anything(each, plain)
                    )
                    for name, each in value.items()
                }
            case Sequence():
                return [self.anything(each, plain) for each in value]
        return value

    def _run(self, run: str) -> str:
        if run not in self._known:
            self._known[run] = self._digits(run) if run[0].isdigit() else self._letters(run)
        return self._known[run]

    def _letters(self, run: str) -> str:
        folded = run if self._is_exact else _folded(run)
        if folded.upper() in self._kept:
            return run
        made, before = [], ""
        for letter in folded:
            small = letter.lower()
            masked = self._letter(before, small)
            made.append(masked.upper() if letter.isupper() else masked)
            before += small
        return "".join(made)

    def _letter(self, before: str, small: str) -> str:
        if "a" <= small <= "z":
            return chr(_A + (ord(small) - _A + self._shift(before, 25)) % 26)
        number = (sum(map(ord, small)) + self._shift(before, _BEYOND - 1)) % _BEYOND
        letters = ""
        for _ in range(5):
            number, rest = divmod(number, 26)
            letters += chr(_A + rest)
        return letters

    def _digits(self, run: str) -> str:
        if self._is_year(run):
            return run
        made = self._number(run)
        while self._is_year(made):
            made = self._number(made)
        return made

    def _is_year(self, run: str) -> bool:
        return not self._is_exact and len(run) == 4 and int(run) in YEARS

    def _number(self, run: str) -> str:
        digits = "".join(str(int(digit)) for digit in run)
        whole = digits.lstrip("0") or "0"
        made, before = [], "#"
        for at, digit in enumerate(whole):
            value, shift = int(digit), self._shift(before, 9 if at else 8)
            made.append(str((value + shift) % 10) if at else str((value - 1 + shift) % 9 + 1))
            before += digit
        zeros = "0" * (len(run) - len(whole))
        return zeros + ("".join(made) if whole != "0" else "0")

    def _shift(self, before: str, most: int) -> int:
        """1 to `most`, by the key and what stands before."""
        digest = hashlib.blake2b(before.encode(), key=self._key, digest_size=8).digest()
        return 1 + int.from_bytes(digest) % most


def _folded(run: str) -> str:
    """The run without accents, as matching sees it, in its own capitals."""
    made = ""
    for letter in run:
        plain: Callable[[str], str] = str.lower if letter.islower() else str
        parts = unicodedata.normalize("NFKD", letter if letter.isascii() else letter.upper())
        made += plain("".join(each for each in parts if not unicodedata.combining(each)))
    return made
