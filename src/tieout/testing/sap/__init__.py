"""A ledger that answers as SAP does, and refuses as SAP does, on this machine alone.

It shares no code with the connector: the rules are written again from what SAP publishes.
"""

from tieout.testing.sap.company import Company
from tieout.testing.sap.example import example_company
from tieout.testing.sap.of_books import company_of
from tieout.testing.sap.server import PASSWORD, USER, FakeSap

__all__ = ["PASSWORD", "USER", "Company", "FakeSap", "company_of", "example_company"]
