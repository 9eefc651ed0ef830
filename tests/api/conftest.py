"""The door as programs meet it: Django's client, no session, a clock that stands still."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from tieout.config import database

database.set_up()


class Clock:
    """A clock that tests move; it begins at the firms' own NOW."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The folder that the server of static files wants; nothing is in it."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(settings, "CLOCK", made)
    return made
