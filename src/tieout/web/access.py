"""Who asks for a page: a person who has signed in, as a member of the organisation in its address.

An organisation that is not theirs answers as one that does not exist. What a verb refuses becomes a
page with the sentence, the code and the next step.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tieout.core.access import Action, Actor, may, require_any
from tieout.core.errors import AccessDenied, Conflict, NotFound, TieoutError
from tieout.workflows.acting import Caller
from tieout.workflows.memberships import Membership, memberships_of

View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request once it is known who asks."""

    membership: Membership
    memberships: list[Membership]
    caller: Caller

    def may(self, action: Action) -> bool:
        """Whether to show what leads there; the verb asks again."""
        return may(self.membership.role, action)


def member_page(view: View) -> View:
    """The view gets a request with `membership` and `caller`, or nobody gets anything."""

    @wraps(view)
    @login_required
    def shown(request: Any, organisation_id: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401  Django's request grows here
        request.memberships = memberships_of(request.user.pk)
        for each in request.memberships:
            if each.organisation_id == organisation_id:
                request.membership = each
                break
        else:
            raise Http404
        request.caller = request.membership.caller(origin(request))
        request.may = lambda action: may(request.membership.role, action)
        try:
            return view(request, **named)
        except TieoutError as error:
            return refusal(request, error)

    return shown


def page_for(*actions: Action) -> Callable[[View], View]:
    """A page for who may do one of these: what others send is refused before it is read."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def asked(request: MemberRequest, **named: Any) -> HttpResponseBase:  # noqa: ANN401  as above
            caller = request.caller
            actor = Actor(caller.member_id, request.membership.role, caller.origin)
            require_any(actor, *actions)
            return view(request, **named)

        return member_page(asked)

    return wrapped


def origin(request: HttpRequest) -> str:
    """As an audit event says it: the door and the address the request came from."""
    return f"web {request.META.get('REMOTE_ADDR', '')}"


def status_of(error: TieoutError) -> int:
    """The status of a page that says no."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, AccessDenied):
        return 403
    return 409 if isinstance(error, Conflict) else 400


def refusal(request: HttpRequest, error: TieoutError) -> HttpResponse:
    """The page, or for a part of a page the sentence alone."""
    part = "web/part_refused.html" if request.headers.get("HX-Request") else "web/refused.html"
    answer = render(request, part, {"error": error}, status=status_of(error))
    answer.error_code = error.code  # type: ignore[attr-defined]  # for the log
    return answer
