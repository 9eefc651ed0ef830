"""The parties of a world and the ways banks spell them. All names are made up here."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa


def _words(text: str) -> list[str]:
    return text.split()


FIRST_WORDS = _words("""
    Green North Royal Global United Blue Silver Golden Alpha Prime Central Harbour Summit Bright
    Modern Classic Star First Best City Metro Atlantic Pacific Northern Southern Eastern Western
    Crown Oak Cedar Willow River Lake Stone Iron Copper Swift Rapid Smart Clear Pure Fresh
    Natural Little Grand Old New Upper Lower White Black Red Orange Amber Crystal Diamond Pearl
    Falcon Eagle Lion Tiger Bear Fox Wolf Phoenix Dragon Castle Bridge Tower Garden Meadow
    Valley Hill
""")
TRADES = _words("""
    Logistics Catering Supplies Services Consulting Software Systems Plumbing Electrical Motors
    Fabrics Foods Bakery Coffee Wines Books Print Media Design Studio Builders Roofing Timber
    Steel Tools Hardware Energy Water Telecom Mobile Insurance Finance Leasing Rentals Travel
    Hotels Fitness Dental Medical Pharma Optics Labs Cleaning Security Training Recruitment
    Partners Trading Imports Exports Packaging Furniture Interiors Flowers Pets Toys Sports
""")
FORMS = ("Ltd", "Limited", "GmbH", "Inc", "LLC", "plc", "BV", "AG", "SA", "& Co", "", "")
ONSETS = _words("b br c ch d dr f fl g gr h j k kl l m n p pr r s sch sh st t tr v w z")
VOWELS = _words("a e i o u ai ea ei oo ou")
CODAS = _words("n r l s t rd nd ck ll ng rt st m x")
ENDINGS = ("", "", "son", "man", "er", "ley", "ton", "field", "ski", "sen", "wood", "well")
GIVEN = _words("""
    Anna Ben Clara David Emma Felix Grace Henry Ida James Kate Liam Maria Noah Olivia Peter
    Quinn Rosa Sam Tina Ulrich Vera Walter Xenia Yusuf Zoe Amir Bella Carlos Dora Elias Fiona
    Georg Hanna Ivan Julia Karim Laura Milan Nina Oscar Paula Ravi Sofia Tom Ursula Viktor Wanda
""")

LENGTHS = range(8, 26)
SPELLINGS = 32
"""Ways to spell a party: see `spell`."""
MISSING = SPELLINGS - 1


@dataclass(frozen=True)
class Parties:
    """Names as the books write them, and every bank spelling of each."""

    names: pa.Array
    spellings: pa.Array
    """`SPELLINGS` per party, in upper case with a trailing blank; the last is the missing one."""

    def __len__(self) -> int:
        """How many parties there are."""
        return len(self.names)


def make_parties(rng: np.random.Generator, count: int) -> Parties:
    """`count` distinct parties: six companies to four persons, first words widely shared."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[_company(rng) if rng.random() < 0.6 else _person(rng)] = None
    spelled = [each for name in names for each in spell(rng, name)]
    return Parties(pa.array(list(names)), pa.array(spelled))


def spell(rng: np.random.Generator, name: str) -> list[str]:
    """The bank's spellings: 0 whole, 1-18 cut, 19-22 first word lost, 23-30 misspelt, 31 none."""
    upper = name.upper()
    rest = upper.partition(" ")[2] or upper
    lost = [rest, rest[:16], rest[:12], rest[:8]]
    misspelt = []
    for turn in range(8):
        spot = int(rng.integers(1, len(upper) - 1))
        if turn % 2:
            misspelt.append(upper[:spot] + upper[spot + 1] + upper[spot] + upper[spot + 2 :])
        else:
            misspelt.append(upper[:spot] + upper[spot + 1 :])
    cut = [upper[:length] for length in LENGTHS]
    spellings = [upper, *cut, *lost, *misspelt, ""]
    return [f"{each.strip()} " if each else "" for each in spellings]


def draw_spellings(
    rng: np.random.Generator, count: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The spelling of each bank line: 37 % whole, 45 % cut, 6 % lost, 8 % misspelt, 4 % none."""
    weights = np.concatenate(
        [[0.37], np.full(18, 0.45 / 18), np.full(4, 0.06 / 4), np.full(8, 0.08 / 8), [0.04]]
    )
    return rng.choice(SPELLINGS, count, p=weights / weights.sum()).astype(np.int64)


def _company(rng: np.random.Generator) -> str:
    middle = _pick(rng, TRADES) if rng.random() < 0.6 else f"{_surname(rng)} {_pick(rng, TRADES)}"
    first = _pick(rng, FIRST_WORDS) if rng.random() < 0.7 else _surname(rng)
    return f"{first} {middle} {_pick(rng, FORMS)}".strip()


def _person(rng: np.random.Generator) -> str:
    return f"{_pick(rng, GIVEN)} {_surname(rng)}"


def _surname(rng: np.random.Generator) -> str:
    syllables = "".join(
        _pick(rng, ONSETS) + _pick(rng, VOWELS) for _ in range(int(rng.integers(1, 3)))
    )
    return (syllables + _pick(rng, CODAS) + _pick(rng, ENDINGS)).capitalize()


def _pick(rng: np.random.Generator, words: list[str] | tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
