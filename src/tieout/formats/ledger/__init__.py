"""Journals of hledger and of Ledger, in one tolerant reader."""

from tieout.formats.ledger.reader import FORMAT

__all__ = ["FORMAT"]
