"""How easily a new password is guessed, by an estimator and not by rules about letters."""

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

STRONG = 3
"""Of 4: ten to the eighth guesses would not do."""
_LONGEST = 72
"""The estimator looks at no more letters: its time grows with their square."""


class StrengthValidator:
    """A validator as Django wants one."""

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password that a machine guesses soon, also from the person's own name."""
        own = [str(getattr(user, each, "")) for each in ("email", "name")]
        own += [part for each in own for part in each.replace("@", " ").split()]
        told = zxcvbn(password[:_LONGEST], user_inputs=list(filter(None, own)))
        if told["score"] < STRONG:
            hints = [told["feedback"]["warning"], *told["feedback"]["suggestions"]]
            said = " ".join(each.rstrip(".") + "." for each in hints if each)
            raise ValidationError(said or "This password is easily guessed.", code="weak")

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return "At least 12 characters that nobody would guess: four unrelated words do well."
