"""What the sign-in library asks of its surroundings."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


def name_of(user: AbstractBaseUser) -> str:
    """How a person is addressed."""
    return str(getattr(user, "name", "") or getattr(user, "email", ""))


class Adapter(DefaultAccountAdapter):
    """Persons come by invitation: nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the library's signature
        return False
