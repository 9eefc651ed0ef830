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
    for entry in entries(right):
        books.add_transaction(entry)
    found = []
    failed = 0
    for entry in entries(left, "Expenses:FIXME"):
        try:
            proposals = matching.get_extended_transactions(entry, books)
        except IndexError:  # its search runs off the end when no amount in the window is as large
            failed += 1
            continue
        used = [each.meta["record"] for each in proposals[0].used_transactions] if proposals else []
        found += [(entry.meta["record"], record) for record in used if record.startswith("R")]
    print(f"its search failed on {failed} of {len(left)} lines")
    return found


if __name__ == "__main__":
    main(find)
