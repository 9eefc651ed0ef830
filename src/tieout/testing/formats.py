"""The conformance suite every format inherits: fill in examples until it is green.

A format's test module says::

    class TestOfx(FormatConformance):
        format_name = "ofx"

and puts example files into `tests/golden/<format_name>/`. Beside each lies `<file>.json`, the
reading as data; `make golden` writes it anew.
"""

import dataclasses
import json
import random
from collections.abc import Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import ClassVar

import pytest

from tieout.core.errors import TieoutError
from tieout.core.money import Currency, format_minor
from tieout.core.reading import Reading
from tieout.core.statements import tie
from tieout.formats.common.contract import Format
from tieout.formats.common.source import Source
from tieout.formats.registry import detect, format_named
from tieout.testing.corpus import PROJECT

GOLDEN = PROJECT / "tests" / "golden"


def as_data(value: object) -> object:  # noqa: PLR0911  one line a kind of value
    """A reading as plain data: defaults left out, dates and enums as text, currencies as codes."""
    if isinstance(value, Currency):
        return f"{value.code}/{value.exponent}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: as_data(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if getattr(value, each.name) not in (None, "", (), False) and each.name != "sha256"
        }
    if isinstance(value, Mapping):
        return {str(key): as_data(each) for key, each in value.items()}
    if isinstance(value, str | int | float | None):
        return value
    if hasattr(value, "__iter__"):
        return [as_data(each) for each in value]
    return str(value)


def golden_text(reading: Reading) -> str:
    """The golden form of a reading."""
    return json.dumps(as_data(reading), indent=1, ensure_ascii=False) + "\n"


def examples(name: str) -> list[Path]:
    """The example files of a format."""
    folder = GOLDEN / name
    return sorted(p for p in folder.iterdir() if p.suffix != ".json") if folder.is_dir() else []


def check_promises(reading: Reading) -> None:
    """What every reading keeps, whatever it was made from."""
    for statement in reading.statements:
        for problem in tie(statement):
            assert problem in statement.problems, f"the reader does not say: {problem}"
        for line in statement.lines:
            assert line.amount_minor >= 0
            assert line.narrative == " ".join(line.narrative.split())
        format_minor(statement.booked_minor, 2)
    for entry in reading.entries:
        assert entry.entry_id
    for problem in reading.all_problems():
        assert problem.found or problem.expected


class FormatConformance:
    """Inherit, set `format_name`, put examples into `tests/golden/<format_name>/`."""

    format_name: ClassVar[str]

    @property
    def format(self) -> Format:
        return format_named(self.format_name)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "example" in metafunc.fixturenames:
            paths = examples(self.format_name)
            metafunc.parametrize("example", paths, ids=[path.name for path in paths])

    def test_has_examples(self) -> None:
        assert len(examples(self.format_name)) >= 3

    def test_declares_itself(self) -> None:
        assert self.format.name == self.format_name
        assert self.format.title
        assert self.format.standard
        assert self.format.side in {"bank", "books", "table"}
        assert all(suffix.startswith(".") for suffix in self.format.suffixes)

    def test_is_recognised_first(self, example: Path) -> None:
        assert detect(Source.of(example))[0][1] == self.format_name

    def test_reads_as_its_golden_file_says(self, example: Path, write_golden: bool) -> None:  # noqa: FBT001
        golden = example.with_name(example.name + ".json")
        reading = self.format.read(Source.of(example), {})
        check_promises(reading)
        if write_golden:
            golden.write_text(golden_text(reading), encoding="utf-8")
        assert golden_text(reading) == golden.read_text(encoding="utf-8")

    def test_same_bytes_same_reading(self, example: Path) -> None:
        first, second = (self.format.read(Source.of(example), {}) for _ in range(2))
        assert golden_text(first) == golden_text(second)

    def test_survives_truncation_anywhere(self, example: Path) -> None:
        data = example.read_bytes()
        step = max(1, len(data) // 60)
        for end in range(0, len(data), step):
            self.read_or_refuse(data[:end], example.name)

    def test_survives_damage_anywhere(self, example: Path) -> None:
        data = example.read_bytes()
        dice = random.Random(example.name)  # noqa: S311  not for secrets
        for _ in range(60):
            damaged = bytearray(data)
            for _ in range(dice.randint(1, 8)):
                spot = dice.randrange(len(damaged))
                match dice.randrange(3):
                    case 0:
                        damaged[spot] = dice.randrange(256)
                    case 1:
                        del damaged[spot : spot + dice.randint(1, 30)]
                    case _:
                        damaged[spot:spot] = damaged[spot : spot + dice.randint(1, 30)]
                if not damaged:
                    break
            self.read_or_refuse(bytes(damaged), example.name)

    def read_or_refuse(self, data: bytes, name: str) -> Reading | None:
        """A reading that keeps its promises, or an error with a code; nothing else."""
        try:
            reading = self.format.read(Source(name, data), {})
        except TieoutError:
            return None
        check_promises(reading)
        return reading
