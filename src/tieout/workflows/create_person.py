"""`create_person`: somebody who can sign in; which organisations they see, memberships say."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tieout.core.errors import Conflict, InvalidInput
from tieout.store.tenancy.models import Person
from tieout.workflows.create_organisation import checked_email


def create_person(*, email: str, password: str, name: str = "", now: datetime) -> int:
    """The person, with an address that counts as verified; the password must be a good one."""
    address = checked_email(email).lower()
    person = Person(email=address, name=name.strip(), joined_at=now)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(
            "access.password-weak", " ".join(error.messages), "a longer or less known one"
        ) from error
    with transaction.atomic():
        if Person.objects.filter(email__iexact=address).exists():
            raise Conflict("access.person-exists", address, "an address that is not known yet")
        person.set_password(password)
        person.save()
        EmailAddress.objects.create(user=person, email=address, primary=True, verified=True)
    return person.pk


def person_of(email: str) -> int | None:
    """The person with that address, if there is one."""
    found = Person.objects.filter(email__iexact=email.strip()).first()
    return found.pk if found else None
