"""Statement lines held as columns, as the text of a COPY: no line becomes a value for it."""

import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

TEXTS = "bank_id", "counterparty", "counterparty_account", "narrative", "kind"
NUL, REPLACED = "\0", "\ufffd"
CONTROLS = {chr(code): json.dumps(chr(code))[1:-1] for code in range(1, 32)}
"""What JSON holds only under another name; NUL has been replaced before."""


def copied(
    table: pa.Table, attributes: Sequence[str], begins: int, known: Mapping[int, int]
) -> bytes:
    """CSV of `lines_in`, a row for each row of `table`.

    `table` has `amount_minor` signed and positive into the account, `booked_on` and `value_on` as
    days, `TEXTS`, `reference` with several joined by line breaks, `is_pending`, `is_void`, and the
    file's other words as `a0`, `a1` ... of the names in `attributes`. `begins` is the index of its
    first row in the statement; `known` is line index to the id of the line that it repeats.
    """
    amounts = table["amount_minor"]
    count = table.num_rows
    at = np.arange(begins, begins + count)
    repeated = pa.array([known.get(index) for index in at.tolist()] if known else [None] * count)
    status = pc.if_else(
        table["is_void"], "information", pc.if_else(table["is_pending"], "pending", "booked")
    )
    text = {name: _storable(table[name]) for name in TEXTS}
    columns = {
        "position": pa.array(at + 1),
        "repeats_id": repeated.cast(pa.int64()),
        "amount_minor": pc.abs(amounts),
        "direction": pc.if_else(pc.less(amounts, 0), "debit", "credit"),
        "booked_on": table["booked_on"],
        "value_on": table["value_on"],
        "bank_id": text["bank_id"],
        "references": _array(_storable(table["reference"])),
        "counterparty": text["counterparty"],
        "counterparty_account": text["counterparty_account"],
        "narrative": text["narrative"],
        "kind": text["kind"],
        "status": status,
        "is_reversal": pa.array(np.zeros(count, bool)),
        "details": _details(table, attributes),
    }
    out = io.BytesIO()
    # A text in quotes is a text, also an empty one; nothing at all is no value.
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    csv.write_csv(pa.table(columns), out, options)
    return out.getvalue()


def _storable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """PostgreSQL's texts hold no NUL; the file keeps the byte as it came."""
    plain = column.cast(pa.string())
    return pc.replace_substring(plain, NUL, REPLACED)


def _array(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts joined by line breaks, as PostgreSQL writes an array of them."""
    escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    parted = pc.replace_substring(escaped, "\n", '","')
    return pc.if_else(
        pc.equal(column, ""), "{}", pc.binary_join_element_wise('{"', parted, '"}', "")
    )


def _details(table: pa.Table, attributes: Sequence[str]) -> pa.ChunkedArray:
    """The file's other words that say something, by name, as JSON."""
    said = pa.chunked_array([pa.array([""] * table.num_rows, pa.string())])
    for at, name in enumerate(attributes):
        value = _storable(table[f"a{at}"])
        begin = f', [{json.dumps(name.replace(NUL, REPLACED))}, "'
        pair = pc.binary_join_element_wise(begin, _escaped(value), '"]', "")
        pair = pc.if_else(pc.equal(value, ""), "", pair)
        said = pc.binary_join_element_wise(said, pair, "")
    pairs = pc.utf8_slice_codeunits(said, 2)  # without the comma before the first
    whole = pc.binary_join_element_wise('{"attributes": [', pairs, "]}", "")
    return pc.if_else(pc.equal(said, ""), "{}", whole)


def _escaped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts as they stand between the quotes of JSON."""
    escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    if pc.any(pc.match_substring_regex(escaped, "[\\x01-\\x1f]")).as_py():
        for character, name in CONTROLS.items():
            escaped = pc.replace_substring(escaped, character, name)
    return escaped
