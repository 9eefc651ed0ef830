"""beancount-import's matcher: the first merge it proposes for each bank line."""

from decimal import Decimal

import pandas as pd
from beancount_import import matching

from benchmarks.peers.beangulp_similar import entries
from benchmarks.peers.common import main


def find(left: pd.DataFrame, right: pd.DataFrame) -> list[tuple[str, str]]:
    """Books into its posting database, then each bank line's best proposal."""
    books = matching.PostingDatabase(
        fuzzy_match_days=7,
        fuzzy_match_amount=Decimal(0),
        is_cleared=lambda _posting: False,
        metadata_keys=frozenset(),
    )
    name: dict[int, str] = {}
    sides = entries(left, "Expenses:FIXME"), entries(right)
    for entry in (*sides[0], *sides[1]):
        name[id(entry)] = entry.meta.pop("record")  # entries of different metadata are not merged
    for entry in sides[1]:
        books.add_transaction(entry)
    found = []
    failed = 0
    for entry in sides[0]:
        try:
            proposals = matching.get_extended_transactions(entry, books)
        except IndexError:  # its search runs off the end when no amount in the window is as large
            failed += 1
            continue
        used = proposals[0].used_transactions if proposals else []
        merged = [name[id(each)] for each in used if id(each) in name]
        found += [(name[id(entry)], each) for each in merged if each.startswith("R")]
    print(f"its search failed on {failed} of {len(left)} lines")
    return found


if __name__ == "__main__":
    main(find)
