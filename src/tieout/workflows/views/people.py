"""Members as pages name them beside what they did."""

from collections.abc import Mapping

from tieout.core.access import Action
from tieout.store.tenancy.models import Member
from tieout.workflows.acting import Caller, looking


def member_names(caller: Caller) -> Mapping[int, str]:
    """Everybody who is or was a member, by id: the name, or the address where there is none."""
    with looking(caller, Action.VIEW):
        found = Member.objects.values_list("id", "name", "email")
        return {number: name or email for number, name, email in found}
