"""Figures, states and addresses as every page says them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tieout.core.access import Action, may
from tieout.core.errors import CODES, Problem
from tieout.core.history import HOLDERS
from tieout.core.matching.bridge import REASON_WORDS
from tieout.core.money import format_minor
from tieout.workflows.views.history import WITH_HISTORY
from tieout.workflows.views.history_words import Piece
from tieout.workflows.views.runs import RunView

register = template.Library()

SYMBOLS = {
    "confirmed": "✓",
    "suggested": "?",
    "open": "○",
    "ties": "✓",
    "does not tie": "✗",
    "cannot be checked": "–",
    "suspended": "‖",
    "prepared": "◐",
    "reviewed": "✓",
    "running": "…",
    "succeeded": "✓",
    "failed": "✗",
    "abandoned": "✗",
    "waiting": "…",
    "rejected": "✗",
    "undone": "↶",
    "held": "✗",
    "doubt": "!",
    "note": "i",
    "add": "+",
    "known": "=",
    "conflict": "!",
    "suspend": "‖",
    "sent": "✓",
    "late": "!",
    "up to date": "✓",
    "nothing yet": "○",
    "too new to judge": "–",
    "not started": "○",
    "certified": "✓✓",
    "returned": "↶",
    "on time": "✓",
    "overdue": "!",
    "due": "○",
    "agrees": "✓",
    "equal totals": "!",
    "explained by the records": "≈",
    "differs": "✗",
    "in one system only": "○",
}
ACROSS = {
    "agrees": "agrees",
    "offsetting": "equal totals",
    "explained": "explained by the records",
    "differs": "differs",
    "one-only": "in one system only",
}


@register.filter
def money(minor: int | None, exponent: int) -> str:
    """Minor units with thousands apart and a true minus: `money(-123456, 2)` is `−1,234.56`."""
    if minor is None:
        return "–"
    text = format_minor(abs(minor), exponent)
    whole, dot, part = text.partition(".")
    return f"{'−' if minor < 0 else ''}{int(whole):,}{dot}{part}"


@register.filter
def state(word: str) -> SafeString:
    """A state in words, with a symbol before it: never by colour alone."""
    said = str(word).replace("_", " ")
    return format_html(
        '<span class="state" data-symbol="{}">{}</span>', SYMBOLS.get(said, "·"), said
    )


@register.filter
def across(word: str) -> SafeString:
    """How two systems stand to each other, in words."""
    return state(ACROSS[str(word)])


@register.filter
def difference(run: RunView) -> str:
    """Bank less books."""
    return money(run.left_minor - run.right_minor, run.exponent)


@register.filter
def apart(minor: int) -> str:
    """Where a sub-ledger stands to its control accounts."""
    return "above" if minor > 0 else "below" if minor < 0 else "agrees"


@register.filter
def pairs(values: Mapping[str, object]) -> list[tuple[str, object]]:
    """Names with their values; in a page `x.items` is what `x` has under that name, if it has."""
    return list(values.items())


@register.filter
def plus(minor: int, exponent: int) -> str:
    """As `money`, and with its sign where it adds."""
    return f"{'+' if minor > 0 else ''}{money(minor, exponent)}"


@register.filter
def plain(minor: int | None, exponent: int) -> str:
    """As a field of a form takes it; blank where there is none."""
    return "" if minor is None else format_minor(minor, exponent)


@register.filter
def member(names: Mapping[int, str], number: int | None) -> str:
    """Who it was; nobody: the program, by a rule or by a run."""
    return "nobody, by rule" if number is None else names.get(number, f"member {number}")


@register.filter
def reason_words(reason: str) -> str:
    """Why a record is open, in words."""
    return REASON_WORDS.get(reason, reason)


@register.filter
def words(name: str) -> str:
    """A name of ours with blanks: `import_file` is `import file`."""
    return str(name).replace("_", " ").replace("-", " ")


@register.filter
def named(subject: str, names: Mapping[str, str]) -> str:
    """What a subject such as `reconciliation:4` is called."""
    return names.get(subject, subject)


@register.filter
def lasting(span: timedelta | None) -> str:
    """How long: `0.4 s`, `3 min 20 s`."""
    if span is None:
        return "–"
    seconds = span.total_seconds()
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s" if minutes else f"{seconds:.1f} s"


@register.filter
def bits(hundredths: int) -> str:
    """Evidence in bits, with its sign."""
    return f"{'+' if hundredths >= 0 else '−'}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


@register.filter
def share(ppm: int) -> str:
    """How sure, in percent, never rounded up to certainty."""
    return "more than 99.99 %" if ppm > 999_900 else f"{ppm // 10_000}.{ppm // 100 % 100:02} %"


@register.filter
def tie_state(ties: bool | None) -> SafeString:  # noqa: FBT001  a filter's one argument
    """Whether a statement ties, when it can be said."""
    return state({True: "ties", False: "does not tie", None: "cannot be checked"}[ties])


@register.filter
def problem_said(problem: Problem) -> str:
    """A problem as a sentence."""
    place = f" ({problem.place})" if str(problem.place) else ""
    expected = f"; expected {problem.expected}" if problem.expected else ""
    return f"{CODES[problem.code].title}: {problem.found}{expected}{place}"


@register.filter
def next_step(problem: Problem) -> str:
    """What to do about it."""
    return CODES[problem.code].next_step


@register.filter
def size(count: int) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}"
        count = round(count / 1000)
    return f"{count:,} GB"


PAGES_OF = {
    "bank_account": "account",
    "books": "books",
    "case": "case",
    "match_group": "group",
    "match_run": "unmatched",
    "received_file": "file",
    "reconciliation": "reconciliation",
}
"""Kinds of record that have a page of their own."""
_LINK = '<a class="text-decoration-underline" href="{}">{}</a>'


@register.simple_tag(takes_context=True)
def linked(context: dict[str, Any], piece: Piece, about: str = "") -> str:
    """Some text, with a link where it names a record: to its page, or to its history.

    What the page is `about` is no link.
    """
    kind, _, number = piece.name.partition(":")
    if not number.isdecimal() or piece.name == about:
        return piece.text
    inside = context["membership"].organisation_id
    page = PAGES_OF.get(kind)
    if page is None:
        return history_of(context, piece.name, piece.text)
    return format_html(_LINK, reverse(page, args=[inside, number]), piece.text)


@register.simple_tag(takes_context=True)
def history_of(context: dict[str, Any], name: str, text: str = "") -> str:
    """A record, with a link to its history for whoever may see that."""
    kind, _, number = name.partition(":")
    action = Action.VIEW if kind in HOLDERS else Action.VIEW_AUDIT
    membership = context["membership"]
    if kind not in WITH_HISTORY or not number.isdecimal() or not may(membership.role, action):
        return text or name
    place = reverse("history", args=[membership.organisation_id, kind, number])
    return format_html(_LINK, place, text or name)


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changed: Any) -> str:  # noqa: ANN401  whatever the page asks by
    """The page's own address with other parameters: filters stay when a cursor moves."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        if value in {None, ""}:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"
