"""What `/metrics` shows: the names that the guide has, and none besides."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests.jobs.at_hand import work_off
from tests.store.databases import Store
from tests.store.firms import SEPTEMBER, imported, organisation
from tieout.testing.corpus import PROJECT

GUIDE = PROJECT / "docs" / "guides" / "serving.md"


@pytest.fixture
def token() -> Iterator[str]:
    earlier, settings.METRICS_TOKEN = settings.METRICS_TOKEN, "who-may-see"
    yield "who-may-see"
    settings.METRICS_TOKEN = earlier


def shown(**headers: str) -> str:
    answer = Client(SERVER_NAME="localhost").get("/metrics", headers=headers)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def documented(guide: Path) -> set[str]:
    return set(re.findall(r"`(tieout_[a-z_]+)`", guide.read_text(encoding="utf-8")))


@pytest.mark.req("R105")
def test_the_names_are_those_of_the_guide_and_the_figures_are_of_now(store: Store) -> None:
    caller = organisation()
    imported(caller, SEPTEMBER)
    waiting = figures(shown())
    assert waiting["tieout_jobs"] > 0
    assert waiting["tieout_database_bytes"] > 1_000_000
    work_off(store, caller)
    done = figures(shown())
    assert done["tieout_requests_total"] > waiting.get("tieout_requests_total", 0)
    names = {re.sub("_(bucket|sum|count|created)$", "", each) for each in waiting | done}
    assert {each for each in names if each != "tieout_requests"} == documented(GUIDE)


def figures(text: str) -> dict[str, float]:
    """By name of a sample, the sum over its labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            found[each.name] = found.get(each.name, 0) + each.value
    return found


def test_they_are_for_who_has_the_token(store: Store, token: str) -> None:  # noqa: ARG001  it serves
    assert shown() == "404"
    assert shown(authorization="Bearer guessed") == "404"
    assert "tieout_workers" in shown(authorization=f"Bearer {token}")
