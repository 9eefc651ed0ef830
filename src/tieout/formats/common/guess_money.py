"""Which columns hold money, with which decimal mark, and which way it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tieout.core.money import DecimalMark
from tieout.formats.common import evidence
from tieout.formats.common.cells import direction_of, looks_like_amount, money_of
from tieout.formats.common.sample import MONEY_ROLES, Column, Guess, Roles
from tieout.formats.common.words import NOT_THE_AMOUNT, plain


def mark_of(
    options: Mapping[str, str],
    roles: Mapping[str, tuple[int, ...]],
    columns: Sequence[Column],
    delimiter: str,
    made: Guess,
) -> DecimalMark:
    if "decimal_mark" in options:
        return cast("DecimalMark", options["decimal_mark"])
    named_money = [at for role in MONEY_ROLES for at in roles.get(role, ())]
    if not any(roles.get(role) for role in MONEY_ROLES[:3]):
        named_money += [
            at
            for at, each in enumerate(columns)
            if each.filled and each.mostly(each.amounts, 0.8) and each.telling
        ]
    cells = [cell for at in named_money if at < len(columns) for cell in columns[at].filled]
    mark, doubt = evidence.decimal_mark(
        [cell for cell in cells if looks_like_amount(cell)], delimiter
    )
    made.doubts += [doubt] if doubt else []
    return mark


def money_by_content(
    roles: Roles,
    header: Sequence[str],
    columns: Sequence[Column],
    mark: DecimalMark,
    made: Guess,
) -> None:
    """Amount and balance columns by their cells, where no name gave any."""
    if roles.get("amount") or roles.get("money_in") or roles.get("money_out"):
        return
    used = {column for found in roles.values() for column in found}
    money = [
        at
        for at, each in enumerate(columns)
        if at not in used and each.filled and each.mostly(each.amounts, 0.8)
        if each.telling >= 0.5 * each.count or (not header and not each.bare_dates())
        if not (header and at < len(header) and set(plain(header[at]).split()) & NOT_THE_AMOUNT)
    ]
    most = max((columns[at].count for at in money), default=0)
    if header:
        money = [at for at in money if 2 * columns[at].count >= most]
    if not money or len(columns) > 60:
        return
    read = evidence.reader_of(mark)
    values = {at: [read(cell) for cell in columns[at].cells] for at in money}
    if _by_balance(roles, money, values, made):
        return
    pair = _exclusive_pair(money, values)
    if pair and not header:
        roles["money_out"], roles["money_in"] = (pair[0],), (pair[1],)
        made.doubts.append(
            f"columns #{pair[0] + 1} and #{pair[1] + 1} fill in turn; the first is taken as out"
        )
        return
    telling = [at for at in money if columns[at].telling >= 0.5 * columns[at].count] or money
    chosen, others = telling[0], telling[1:]
    roles["amount"] = (chosen,)
    made.notes.append(f"column #{chosen + 1} is the amount")
    signed = [at for at in telling if any(v is not None and v < 0 for v in values[at])]
    if others and signed != [chosen]:
        rivals = ", ".join(f"#{at + 1}" for at in others)
        made.doubts.append(f"{rivals} could be the amount as well as column #{chosen + 1}")


def _by_balance(
    roles: Roles,
    money: Sequence[int],
    values: Mapping[int, list[int | None]],
    made: Guess,
) -> bool:
    """Find the amount, or money out and in, whose sums are another column's steps."""
    best, best_share = (-1, -1, -1), 0.7
    for balance in money:
        rest = [at for at in money if at != balance]
        if len(set(values[balance])) < 2:
            continue
        for into, out in [
            *((at, -1) for at in rest),
            *((a, b) for a in rest for b in rest if a != b),
        ]:
            net = values[into]
            if out >= 0:
                pairs = zip(values[into], values[out], strict=True)
                net = [None if a is None and b is None else (a or 0) - (b or 0) for a, b in pairs]
            share = evidence.follows(net, values[balance])[0]
            if out < 0:
                turned = [None if v is None else -v for v in net]
                share = max(share, evidence.follows(turned, values[balance])[0])
            if share > best_share:
                best, best_share = (into, out, balance), share
    into, out, balance = best
    if balance < 0:
        return False
    roles["balance"] = (balance,)
    if out < 0:
        roles["amount"] = (into,)
        made.notes.append(
            f"column #{into + 1} is the amount: its sums are the balance in #{balance + 1}"
        )
    else:
        roles["money_out"], roles["money_in"] = (out,), (into,)
        made.notes.append(
            f"columns #{out + 1} (out) and #{into + 1} (in) sum to the balance in #{balance + 1}"
        )
    return True


def _exclusive_pair(
    money: Sequence[int], values: Mapping[int, list[int | None]]
) -> tuple[int, int] | None:
    for one in money:
        for two in money:
            if one < two:
                filled = [(bool(a), bool(b)) for a, b in zip(values[one], values[two], strict=True)]
                if (
                    len(filled) > 1
                    and all(a != b for a, b in filled)
                    and any(a for a, _ in filled)
                    and any(b for _, b in filled)
                ):
                    return one, two
    return None


@dataclass
class _Moves:
    """The sampled amounts of the money columns, as they are read by their roles."""

    roles: Roles
    columns: Sequence[Column]
    mark: DecimalMark

    def values(self, role: str) -> list[int | None]:
        """The numbers of the column of that role; none if there is no such column."""
        found = self.roles.get(role, ())
        if not found or found[0] >= len(self.columns):
            return []
        return [evidence.scaled(cell, self.mark) for cell in self.columns[found[0]].cells]

    def words(self) -> list[str]:
        """What the direction column says, row by row."""
        found = self.roles.get("direction", ())
        return [direction_of(cell) for cell in self.columns[found[0]].cells] if found else []

    def written_out_signed(self) -> bool:
        """Whether the money-out column writes its amounts as negative."""
        out = self.values("money_out")
        return any(out) and all((value or 0) <= 0 for value in out)

    def net(self) -> list[int | None]:
        """The movement of each row, positive into the account, before any reversal."""
        amount, words = self.values("amount"), self.words()
        if amount and words:
            ways = [1 if word == "in" else -1 for word in words]
            pairs = zip(amount, ways, strict=True)
            return [None if value is None else abs(value) * way for value, way in pairs]
        if amount:
            return amount
        into, out = self.values("money_in"), self.values("money_out")
        into, out = into or [None] * len(out), out or [None] * len(into)
        way = 1 if self.written_out_signed() else -1
        both = zip(into, out, strict=True)
        return [None if a is None and b is None else (a or 0) + way * (b or 0) for a, b in both]


def signs(
    options: Mapping[str, str],
    roles: Roles,
    columns: Sequence[Column],
    mark: DecimalMark,
    made: Guess,
) -> tuple[str, str]:
    """Which of amount, in/out and direction to use, and whether a plus is money in."""
    moves = _Moves(roles, columns, mark)
    _amount_or_pair(options, moves)
    agreed = _drop_idle_direction(options, moves)
    out_sign = "signed" if moves.written_out_signed() else "positive"
    if "sign" in options:
        return options["sign"], out_sign
    proved = _proved_by_balance(moves, made, agreed=agreed)
    if not proved and moves.values("amount") and not moves.words():
        _say_if_one_sided(moves, made)
    return proved or "as-is", out_sign


def _amount_or_pair(options: Mapping[str, str], moves: _Moves) -> None:
    """Where a table has one signed column as well as money in and out, keep one of the two."""
    pair = [role for role in ("money_in", "money_out") if moves.roles.get(role)]
    if not moves.roles.get("amount") or not pair or {"amount", *pair} <= set(options):
        return
    signed = any(value is not None and value < 0 for value in moves.values("amount"))
    for role in pair if signed or len(pair) < 2 else ["amount"]:
        del moves.roles[role]


def _drop_idle_direction(options: Mapping[str, str], moves: _Moves) -> bool:
    """Make the direction column a mere kind where amounts have their own sign.

    Returns whether words and signs say the same.
    """
    words, amount = moves.words(), moves.values("amount")
    if not words or (amount and "direction" in options):
        return False
    told = [(value, word) for value, word in zip(amount, words, strict=False) if value and word]
    right = sum((value > 0) == (word == "in") for value, word in told)
    against = len(told) - right
    negative = any(value is not None and value < 0 for value in amount)
    if not amount or (negative and right >= against):
        moves.roles.setdefault("kind", moves.roles.pop("direction"))
    return negative and right > against


def _proved_by_balance(moves: _Moves, made: Guess, *, agreed: bool) -> str:
    """The sign rule under which the amounts lead from balance to balance; empty if none does."""
    balances, net = moves.values("balance"), moves.net()
    if not balances or not net:
        return ""
    straight, _ = evidence.follows(net, balances)
    turned, _ = evidence.follows([None if v is None else -v for v in net], balances)
    steps = sum(value is not None for value in balances) - 1
    if turned > straight and turned >= 0.5 and steps > 1 and not agreed:
        made.notes.append("signs are reversed: only so do the amounts lead to the balances")
        return "reversed"
    if straight >= 0.5 and straight >= turned:
        made.notes.append("signs are proved by the running balance")
        return "as-is"
    return ""


def _say_if_one_sided(moves: _Moves, made: Guess) -> None:
    """Say that a column of positive amounts could be money in or money out."""
    amount = [value for value in moves.values("amount") if value is not None]
    cells = moves.columns[moves.roles["amount"][0]].filled
    marked = any(money.direction for cell in cells if (money := money_of(cell, moves.mark)))
    if len(amount) > 1 and any(amount) and min(amount) >= 0 and not marked:
        made.doubts.append(
            "no amount is negative and nothing says which way money goes; read as money in"
        )
