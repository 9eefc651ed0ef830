"""The words of a result: status, pass, residual cause, and why a record is unmatched."""

from enum import StrEnum


class Status(StrEnum):
    """Confirmed by rule policy (or a person), or only proposed."""

    CONFIRMED = "confirmed"
    SUGGESTED = "suggested"


class Pass(StrEnum):
    """The ordered steps of a match run; the order here is the default order."""

    DECISION = "decision"
    """A person's confirmed decision from an earlier run: a fact that no pass breaks."""
    PENDING = "pending"
    """A pending line replaced by its posted one, on one side."""
    IDENTITY = "identity"
    REFERENCE = "reference"
    AMOUNT_DATE_PARTY = "amount-date-party"
    BATCH = "batch"
    """n records of the right are one of the left."""
    SPLIT = "split"
    """One record of the right is n of the left; n:m too."""
    FEE_NET = "fee-net"
    TRANSFER = "transfer"
    """Opposite amounts on two own accounts."""
    PARTIAL = "partial"
    REVERSAL = "reversal"
    """Two records of one side that cancel."""
    DUPLICATE = "duplicate"
    """Two records of one side that look like one: always only suggested."""


class ResidualCause(StrEnum):
    """What a residual (left sum minus right sum of a group) is."""

    NONE = ""
    FEE = "fee"
    FX_DIFFERENCE = "fx-difference"
    ROUNDING = "rounding"
    TIP = "tip"
    DISCOUNT = "discount"
    WITHHOLDING = "withholding"
    TOLERANCE = "tolerance"
    """Within the tolerance the rules allow, cause not known."""
    REMAINDER = "remainder"
    """The part of an invoice that stays open after a partial payment."""
    ONE_SIDED = "one-sided"
    """The group has records of one side only; its sum is its residual."""


class UnmatchedReason(StrEnum):
    """Why a record ended in no group."""

    NO_CANDIDATE = "no-candidate"
    OUTSIDE_TOLERANCE = "outside-tolerance"
    OUTSIDE_WINDOW = "outside-window"
    TIE = "tie"
    """Candidates equally good, too many to propose one."""
    CONSUMED = "consumed"
    """Its best candidate belongs to a better match."""
    DUPLICATE_OF = "duplicate-of"
    CUT_OFF = "cut-off"
    """Early or late: the other side's records do not reach its dates."""
    WAITING = "waiting"
    """Pending, and its posted line has not come."""
    NO_DATE = "no-date"
    TOO_MANY = "too-many"
    """So many equal amounts that the budget was spent; stated in the summary."""
    WEAK = "weak"
    """A candidate exists, but the evidence for it is weaker than chance would give."""
    REJECTED = "rejected"
    """A person has rejected the group it would be in, and no other was found."""
