"""What people decide and sign: the words, and which decisions are in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tieout.core.access import require_other_eyes
from tieout.core.errors import Conflict


class Verdict(StrEnum):
    """What a person said about records."""

    CONFIRM = "confirm"
    """They belong together."""
    REJECT = "reject"
    """They do not belong together."""
    UNDO = "undo"
    """An earlier decision no longer holds."""


class SignOffStep(StrEnum):
    """The two sign-offs, never by the same person."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"


class SuspensionCause(StrEnum):
    """What changed under a sign-off."""

    IMPORT = "import"
    """Lines or postings up to the cut-off were added."""
    DECISION = "decision"
    """Records up to the cut-off were decided on, or a decision on them undone."""
    RUN = "run"
    """A later run leaves other figures up to the cut-off."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: its records by side and id, with their amounts at that time."""

    decision_id: int
    verdict: Verdict
    left: tuple[tuple[str, int], ...] = ()
    right: tuple[tuple[str, int], ...] = ()
    undoes: int | None = None

    @property
    def records(self) -> frozenset[tuple[str, str]]:
        """Its records as (side, id)."""
        sides = (("left", self.left), ("right", self.right))
        return frozenset((side, name) for side, several in sides for name, _ in several)


def in_force(decisions: Iterable[Decided]) -> tuple[Decided, ...]:
    """The confirmations and rejections that nobody has undone, in order."""
    known = tuple(decisions)
    undone = {each.undoes for each in known if each.verdict is Verdict.UNDO}
    return tuple(
        each
        for each in known
        if each.verdict is not Verdict.UNDO and each.decision_id not in undone
    )


def standing_against(
    decisions: Iterable[Decided], records: frozenset[tuple[str, str]]
) -> tuple[Decided, ...]:
    """The confirmations in force that hold one of these records."""
    return tuple(
        each
        for each in in_force(decisions)
        if each.verdict is Verdict.CONFIRM and each.records & records
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """A run up to a cut-off: all records of both sides, and those of them that are unmatched.

    Records without a date count to every cut-off.
    """

    left_count: int = 0
    right_count: int = 0
    left_minor: int = 0
    right_minor: int = 0
    open_left_count: int = 0
    open_right_count: int = 0
    open_left_minor: int = 0
    open_right_minor: int = 0


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-off as kept."""

    sign_off_id: int
    step: SignOffStep
    run_id: int
    cut_off_on: date
    member_id: int
    figures: Figures
    is_suspended: bool = False


def require_step(
    signed: Iterable[Signed], step: SignOffStep, *, run_id: int, cut_off_on: date, member_id: int
) -> None:
    """Raise unless the step comes next for that run and cut-off, and by a person who may.

    Nothing in force: prepare. Prepared and in force: another person reviews the same run.
    A suspended sign-off counts for nothing: the reconciliation is prepared and reviewed again.
    """
    standing = {
        each.step: each
        for each in signed
        if each.cut_off_on == cut_off_on and not each.is_suspended
    }
    prepared = standing.get(SignOffStep.PREPARED)
    if step is SignOffStep.PREPARED:
        if prepared:
            raise Conflict(
                "decision.not-in-force",
                f"sign_off:{prepared.sign_off_id}, which prepared it to {cut_off_on}",
                "nothing signed to that cut-off, or a suspended sign-off",
            )
        return
    if prepared is None or prepared.run_id != run_id or SignOffStep.REVIEWED in standing:
        found = ", ".join(f"{each.step} on match_run:{each.run_id}" for each in standing.values())
        raise Conflict(
            "decision.not-in-force",
            found or "nothing signed that is in force",
            f"match_run:{run_id} prepared to {cut_off_on} and not reviewed",
        )
    require_other_eyes(prepared.member_id, member_id)
