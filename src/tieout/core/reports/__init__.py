"""Reports of a ledger as data: parameters, tables with totals, and what they were made from.

Every total is added up twice, from what the report lists and from the books themselves; a report
in which the two differ is refused. How one looks is the affair of who shows it.
"""
