"""The verbs: the only writers; each is access, check, compute, record, follow up, in a transaction.

Doors call these and nothing below; a verb names its caller first and is handed the instant.
"""

from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.decide import confirm_group, confirm_records, reject_group, undo
from tieout.workflows.import_statement import import_statement
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import reconcile, set_reconciliation
from tieout.workflows.record_entries import record_entries
from tieout.workflows.sign_head import sign_head
from tieout.workflows.sign_off import sign_off
from tieout.workflows.verify_audit import verify_audit

__all__ = [
    "Caller",
    "add_member",
    "confirm_group",
    "confirm_records",
    "create_organisation",
    "import_statement",
    "receive_file",
    "reconcile",
    "record_entries",
    "reject_group",
    "set_reconciliation",
    "sign_head",
    "sign_off",
    "undo",
    "verify_audit",
]
