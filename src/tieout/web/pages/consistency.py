"""Across systems: one line an account, both balances, the difference, and where it is explained."""

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tieout.core.consistency import AccountLine
from tieout.core.spreadsheets import amount
from tieout.web.access import MemberRequest, member_page
from tieout.web.asked import day
from tieout.web.tables import as_csv, wants_csv
from tieout.workflows.views.consistency import compared_systems, consistency, sources

MAPPING_MAX = 100_000
HEADER = (
    "account", "in", "balance", "as at", "other account", "in", "balance", "as at", "difference",
    "currency", "found in the records", "open records", "state",
)  # fmt: skip


@member_page
def across_systems(request: MemberRequest) -> HttpResponseBase:
    """The pairs that the settings name; and any two systems of the journal, once chosen."""
    on = day(request.GET, "on") or settings.CLOCK().date()
    left, right = (request.GET.get(each, "").replace("\x00", "") for each in ("left", "right"))
    mapping = request.GET.get("mapping", "")[:MAPPING_MAX].replace("\x00", "")
    compared: tuple[AccountLine, ...] = ()
    if left and right:
        compared = compared_systems(request.caller, left=left, right=right, on=on, mapping=mapping)
    pairs = consistency(request.caller, on=on)
    if wants_csv(request):
        lines = compared if left and right else [each.line for each in pairs]
        return as_csv(f"across systems {on}", HEADER, map(_row, lines))
    shown = {
        "pairs": pairs,
        "compared": compared,
        "systems": sources(request.caller),
        "on": on,
        "left": left,
        "right": right,
        "mapping": mapping,
    }
    answer: HttpResponse = render(request, "web/across_systems.html", shown)
    return answer


def _row(line: AccountLine) -> tuple[object, ...]:
    def told(minor: int | None) -> object:
        return None if minor is None else amount(minor, line.exponent)

    left, right = line.left, line.right
    return (
        left.account, left.system, told(left.balance_minor), left.as_at,
        right.account, right.system, told(right.balance_minor), right.as_at,
        told(line.difference_minor), line.currency, told(line.explained_minor), line.open_count,
        line.agreement.value.replace("-", " "),
    )  # fmt: skip
