"""Persons, invitations and tokens: who may come in, as what, and until when."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError
from django.db.transaction import atomic

from tests.store.firms import NOW, organisation
from tieout.core.access import Action, Role
from tieout.core.errors import AccessDenied, Conflict, InvalidInput, TieoutError
from tieout.store.postgres.tenant import tenant
from tieout.store.tenancy.models import ApiToken
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.create_person import create_person
from tieout.workflows.invite import (
    LASTS,
    accept_invitation,
    invitation_of,
    invite,
    withdraw_invitation,
)
from tieout.workflows.memberships import memberships_of
from tieout.workflows.tokens import (
    caller_of_token,
    make_token,
    own_tokens_of,
    revoke_token,
    tokens_of,
)

pytestmark = pytest.mark.usefixtures("store")
GOOD = "plum-kettle-orbit-74-fern"
WEAK = "password1234"


def refused(error: type[TieoutError], code: str) -> pytest.RaisesExc[TieoutError]:
    return pytest.RaisesExc(error, check=lambda raised: raised.code == code)


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "annaannaanna"])
def test_a_password_that_is_guessed_soon_is_refused(password: str) -> None:
    with refused(InvalidInput, "access.password-weak"):
        create_person(email="anna@example.org", password=password, name="Anna", now=NOW)


def test_a_person_sees_the_own_organisations_and_no_other() -> None:
    person = create_person(email="Sees@Example.org", password=GOOD, now=NOW)
    with refused(Conflict, "access.person-exists"):
        create_person(email="sees@example.ORG", password=GOOD, now=NOW)
    first = create_organisation(
        name="Bright", owner_email="sees@example.org", person_id=person, origin="test", now=NOW
    )
    other = organisation("Not theirs")
    second = organisation("Also")
    add_member(second, email="sees@example.org", role=Role.CLIENT, person_id=person, now=NOW)
    seen = memberships_of(person)
    assert [(each.organisation, each.role) for each in seen] == [
        ("Also", Role.CLIENT),
        ("Bright", Role.OWNER),
    ]
    assert other.organisation_id not in {each.organisation_id for each in seen}
    assert seen[1].caller("web") == type(first)(first.organisation_id, first.member_id, "web")


def test_an_invitation_is_used_once_and_ends() -> None:
    owner = organisation("Inviting")
    link = invite(owner, email="new.one@example.org", role=Role.BOOKKEEPER, now=NOW)
    offer = invitation_of(link, now=NOW)
    assert (offer.organisation, offer.role, offer.is_known) == ("Inviting", "bookkeeper", False)
    with refused(AccessDenied, "access.secret-refused"):
        invitation_of(link, now=NOW + LASTS)
    with refused(InvalidInput, "access.password-weak"):
        accept_invitation(link, password=WEAK, origin="web", now=NOW)
    caller = accept_invitation(link, name="New", password=GOOD, origin="web", now=NOW)
    assert caller.organisation_id == owner.organisation_id
    for used in (link, link[:-1] + ("0" if link[-1] != "0" else "1"), "tieout_x_1_y", ""):
        with refused(AccessDenied, "access.secret-refused"):
            accept_invitation(used, password=GOOD, origin="web", now=NOW)
    withdrawn = invite(owner, email="late@example.org", role=Role.CLIENT, now=NOW)
    withdraw_invitation(owner, invitation_id=int(withdrawn.split("_")[2]), now=NOW)
    with refused(AccessDenied, "access.secret-refused"):
        invitation_of(withdrawn, now=NOW)


def test_an_invitation_is_for_the_person_with_its_address() -> None:
    known = create_person(email="known@example.org", password=GOOD, now=NOW)
    stranger = create_person(email="stranger@example.org", password=GOOD, now=NOW)
    link = invite(organisation("For one"), email="known@example.org", role=Role.AUDITOR, now=NOW)
    assert invitation_of(link, now=NOW).is_known
    for somebody in (None, stranger):
        with refused(Conflict, "access.sign-in-first"):
            accept_invitation(link, person_id=somebody, origin="web", now=NOW)
    accept_invitation(link, person_id=known, origin="web", now=NOW)
    assert [each.role for each in memberships_of(known)] == [Role.AUDITOR]


def test_nobody_invites_beyond_their_own_rank() -> None:
    owner = organisation("Ranks")
    admin = add_member(owner, email="adm@example.org", role=Role.ADMINISTRATOR, now=NOW)
    keeper = add_member(owner, email="bk@example.org", role=Role.BOOKKEEPER, now=NOW)
    for caller, role in ((admin, Role.OWNER), (keeper, Role.CLIENT)):
        with refused(AccessDenied, "access.denied"):
            invite(caller, email="x@example.org", role=role, now=NOW)


@pytest.mark.req("R099")
def test_a_token_may_no_more_than_its_scopes_and_its_member() -> None:
    owner = organisation("Tokens")
    program = add_member(owner, email="etl@example.org", role=Role.INTEGRATION, now=NOW)
    until = NOW + timedelta(days=30)

    def made(*scopes: Action) -> str:
        return make_token(
            owner, member_id=program.member_id, name="etl", scopes=scopes, expires_at=until, now=NOW
        )

    with refused(InvalidInput, "access.token-invalid"):
        made(Action.DECIDE)  # its role has not that
    text = made(Action.VIEW)
    caller = caller_of_token(text, origin="api", now=NOW)
    assert (caller.member_id, caller.scopes) == (program.member_id, frozenset({Action.VIEW}))
    with refused(AccessDenied, "access.scope"):
        tokens_of(
            caller_of_token(
                make_token(
                    owner,
                    member_id=owner.member_id,
                    name="narrow",
                    scopes=[Action.VIEW],
                    expires_at=until,
                    now=NOW,
                ),
                origin="api",
                now=NOW,
            )
        )
    assert tokens_of(owner)[-1].last_used_at == NOW
    with refused(AccessDenied, "access.secret-refused"):
        caller_of_token(text, origin="api", now=until)
    revoke_token(owner, token_id=int(text.split("_")[2]), now=NOW)
    with refused(AccessDenied, "access.secret-refused"):
        caller_of_token(text, origin="api", now=NOW)
    foreign = text.replace(owner.organisation_id.hex, organisation("Else").organisation_id.hex)
    with refused(AccessDenied, "access.secret-refused"):
        caller_of_token(foreign, origin="api", now=NOW)


@pytest.mark.req("R099")
def test_nobody_makes_a_token_that_signs_as_somebody_else() -> None:
    """Else an owner would prepare as themselves and review as the reviewer: four eyes of two."""
    owner = organisation("Eyes")
    reviewer = add_member(owner, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    until = NOW + timedelta(days=30)

    def made(by: Caller, *scopes: Action) -> str:
        return make_token(
            by, member_id=reviewer.member_id, name="eyes", scopes=scopes, expires_at=until, now=NOW
        )

    with refused(AccessDenied, "access.token-for-another"):
        made(owner, Action.VIEW, Action.REVIEW)
    own = caller_of_token(made(reviewer, Action.REVIEW), origin="api", now=NOW)
    assert own.scopes == frozenset({Action.REVIEW})
    with refused(AccessDenied, "access.denied"):  # a token makes no tokens without the scope
        made(own, Action.REVIEW)
    lent = caller_of_token(made(owner, Action.VIEW), origin="api", now=NOW)
    assert lent.scopes == frozenset({Action.VIEW})
    listed = own_tokens_of(reviewer)
    assert [(each.made_by, each.scopes) for each in listed] == [
        ("owner@example.org", (Action.VIEW,)),
        ("rev@example.org", (Action.REVIEW,)),
    ]
    revoke_token(reviewer, token_id=listed[0].token_id, now=NOW)
    assert own_tokens_of(reviewer)[0].revoked_at == NOW
    with refused(AccessDenied, "access.denied"):
        revoke_token(reviewer, token_id=int(token_of(owner).split("_")[2]), now=NOW)


def test_the_database_refuses_it_too() -> None:
    owner = organisation("Rows")
    reviewer = add_member(owner, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    text = token_of(owner, member_id=reviewer.member_id)
    number = int(text.split("_")[2])
    with tenant(owner.organisation_id):
        row = ApiToken.objects.get(pk=number)
        row.pk, row.scopes = None, [Action.REVIEW]
        with pytest.raises(IntegrityError, match="tenancy_apitoken_own_name"), atomic():
            row.save(force_insert=True)
        row.made_by = None  # made before makers were noted: kept, and held to what a program may
        row.save(force_insert=True)
        with pytest.raises(ProgrammingError, match="permission denied"), atomic():
            ApiToken.objects.filter(pk=number).update(scopes=[Action.REVIEW])
    earlier = text.split("_")
    earlier[2] = str(row.pk)
    assert caller_of_token("_".join(earlier), origin="api", now=NOW).scopes == frozenset()


def token_of(by: Caller, member_id: int = 0) -> str:
    """A token to look with, made by `by`, of its own or for that member."""
    return make_token(
        by,
        member_id=member_id or by.member_id,
        name="looks",
        scopes=[Action.VIEW],
        expires_at=NOW + timedelta(days=30),
        now=NOW,
    )
