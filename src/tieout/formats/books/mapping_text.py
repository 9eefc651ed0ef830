"""A guessed mapping as a TOML file: a line a choice with its reason, gaps as lines to complete."""

import json
from collections.abc import Iterator, Mapping

from tieout.formats.books.guessed import BooksGuess, Gap, TableGuess

_HEAD = """# How the tables of another system become those of the books folder.
# Guessed by `tieout explain FOLDER --guess`; each line has its reason. Correct what is wrong.
"""


def mapping_text(guess: BooksGuess) -> str:
    """The mapping file; what is open stands as lines that begin with `#`.

    One part is one line (`columns.txn_id = …`), so that a line can be taken out or put in alone.
    """
    lines = [_HEAD]
    named = {made.name for made in guess.tables}
    for gap in guess.gaps:
        if gap.table not in named:
            lines += [*_open(gap), ""]
    for made in guess.tables:
        lines += [f"[{_key(made.name)}]", *_lines(made)]
        for gap in made.gaps:
            lines += _open(gap)
        lines.append("")
    return "\n".join(lines)


def _lines(made: TableGuess) -> Iterator[str]:
    reasons = {each.what: f"{each.sureness.value}: {each.reason}" for each in made.choices}
    for name, part in made.parts.items():
        if not isinstance(part, Mapping):
            yield _line(name, part, reasons.get(name, ""))
            continue
        for key, value in part.items():
            why = reasons.get(key, "") if name in {"columns", "constants"} else ""
            if not isinstance(value, Mapping):
                yield _line(f"{name}.{_key(key)}", value, why)
                continue
            for inner, said in value.items():
                yield _line(f"{name}.{_key(key)}.{_key(inner)}", said, why)


def _line(name: str, value: object, why: str) -> str:
    said = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    return f"{said}  # {_flat(why)}" if why else said


def _open(gap: Gap) -> Iterator[str]:
    yield f"# {'AMBIGUOUS' if gap.is_ambiguous else 'MISSING'} {gap.what}: {_flat(gap.found)}"
    for write, said in gap.lines:
        reading = f"  # {_flat(said)}" if said else ""
        first, *more = write.splitlines()
        yield f"# {first.removeprefix('# ')}{reading}"
        yield from (f"# {line}" for line in more)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else json.dumps(name, ensure_ascii=False)
