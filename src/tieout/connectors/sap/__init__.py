"""SAP S/4HANA: ledgers read by released OData services, journal entries posted by the SOAP one."""

from tieout.connectors.sap.ledger import SapLedger
from tieout.connectors.sap.session import Address, Session
from tieout.connectors.sap.span import Span

__all__ = ["Address", "SapLedger", "Session", "Span"]
