"""What people have rejected is not in a run's answer, and the records of it say why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.decisions import Decided, Verdict, in_force
from tieout.core.matching.words import UnmatchedReason
from tieout.engine import MatchResult
from tieout.engine.result import UNMATCHED_SCHEMA
from tieout.store.reconciliation.models import Decision

_OUTDONE = frozenset(
    {
        UnmatchedReason.NO_CANDIDATE,
        UnmatchedReason.OUTSIDE_TOLERANCE,
        UnmatchedReason.OUTSIDE_WINDOW,
        UnmatchedReason.WEAK,
    }
)
"""Reasons of the engine that a rejection explains better: it was not shown the rejected pair."""

Key = tuple[str, str]
"""Side and record id."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Records that a person has said do not belong together."""

    records: frozenset[Key]
    sentence: str

    @property
    def pair(self) -> Key | None:
        """Its left and right record, if it is one of each."""
        sides = dict(sorted(self.records))
        return (sides["left"], sides["right"]) if len(self.records) == len(sides) == 2 else None


def rejections_of(decided: Sequence[Decided]) -> list[Rejection]:
    """The rejections in force, with who rejected and when, in a sentence."""
    standing = [each for each in in_force(decided) if each.verdict is Verdict.REJECT]
    rows = Decision.objects.filter(id__in=[each.decision_id for each in standing])
    said = {each.pk: each for each in rows.select_related("decided_by")}
    found = []
    for each in standing:
        row = said[each.decision_id]
        who = row.decided_by.name or row.decided_by.email
        why = f": {row.reason}" if row.reason else ""
        sentence = f"{who} rejected its match on {row.decided_at:%Y-%m-%d}{why}."
        found.append(Rejection(each.records, sentence))
    return found


def without_rejected(result: MatchResult, rejections: Sequence[Rejection]) -> MatchResult:
    """The answer without groups that are exactly a rejected one; their records are unmatched.

    Left minus right stays explained: what leaves a group's residual comes back as its records.
    """
    if not rejections:
        return result
    sentences = {key: each.sentence for each in rejections for key in sorted(each.records)}
    names = _groups_of(result, {each.records for each in rejections})
    is_gone = pc.is_in(result.groups["group_id"], value_set=pa.array(names, pa.string()))
    back = result.groups.filter(is_gone)
    kept = pc.invert(pc.is_in(result.matches["group_id"], value_set=pa.array(names, pa.string())))
    return replace(
        result,
        groups=result.groups.filter(pc.invert(is_gone)),
        matches=result.matches.filter(kept),
        unmatched=_with_sentences(_plain(result.unmatched), back, sentences),
    )


def _groups_of(result: MatchResult, rejected: set[frozenset[Key]]) -> list[str]:
    """The names of groups that are exactly one of these sets of records."""
    ids = pa.array(sorted({name for each in rejected for _, name in each}), pa.string())
    touched = pc.is_in(result.groups["record_id"], value_set=ids)
    names = pc.unique(result.groups.filter(touched)["group_id"])
    some = result.groups.filter(pc.is_in(result.groups["group_id"], value_set=names))
    members: dict[str, set[Key]] = {}
    for row in some.select(["group_id", "side", "record_id"]).to_pylist():
        members.setdefault(row["group_id"], set()).add((row["side"], row["record_id"]))
    return sorted(name for name, records in members.items() if frozenset(records) in rejected)


def _plain(unmatched: pa.Table) -> pa.Table:
    """Texts as they are: few rows get words that no dictionary has."""
    return unmatched.cast(
        pa.schema(
            [
                pa.field(each.name, pa.string() if pa.types.is_dictionary(each.type) else each.type)
                for each in UNMATCHED_SCHEMA
            ]
        )
    )


def _with_sentences(unmatched: pa.Table, back: pa.Table, sentences: Mapping[Key, str]) -> pa.Table:
    """The unmatched records with a word at each that a rejection concerns, and those of `back`."""
    ids = pa.array(sorted({name for _, name in sentences}), pa.string())
    maybe = pc.indices_nonzero(pc.is_in(unmatched["record_id"], value_set=ids))
    concerned: dict[int, dict[str, object]] = {}
    for at, row in zip(maybe.to_pylist(), unmatched.take(maybe).to_pylist(), strict=True):
        sentence = sentences.get((row["side"], row["record_id"]))
        if sentence:
            reason = UnmatchedReason.REJECTED if row["reason"] in _OUTDONE else row["reason"]
            told = "" if row["reason"] in _OUTDONE else f" {row['detail']}"
            concerned[at] = row | {"reason": str(reason), "detail": f"{sentence}{told}"}
    fresh = [
        {
            "side": row["side"],
            "record_id": row["record_id"],
            "amount_minor": row["amount_minor"],
            "currency": row["currency"],
            "reason": str(UnmatchedReason.REJECTED),
            "nearest_id": "",
            "nearest_score": 0,
            "account": "",
            "booked_on": None,
            "detail": sentences[row["side"], row["record_id"]],
        }
        for row in back.to_pylist()
    ]
    rest = pa.array([at not in concerned for at in range(len(unmatched))], pa.bool_())
    told = pa.Table.from_pylist([*concerned.values(), *fresh], schema=unmatched.schema)
    return pa.concat_tables([unmatched.filter(rest), told])
