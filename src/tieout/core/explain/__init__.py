"""Why a sub-ledger and its control accounts differ: groups, one cause each per period, the proof.

Everything here is a plain function over plain values. The parts add up to the difference because
the books are partitioned first and labelled afterwards (the ledgers specification, 1.13).
"""
