"""A profile chosen and a sample looked at through the API alone."""

import pytest

from tests.api.houses import made
from tests.api.programs import program, told
from tests.api.test_books import Desk

pytestmark = pytest.mark.usefixtures("store", "clock")


@pytest.mark.req("R116", "R184")
def test_a_profile_is_chosen_and_a_period_approved_once_its_sample_was_looked_at() -> None:
    desk = Desk()
    shown = told(desk.reviewer.get("/profiles"))
    assert (shown["suggested"], shown["standing"]) in {("small", None), ("medium", None)}
    large = next(each for each in shown["profiles"] if each["size"] == "large")
    assert {each["section"] for each in large["changes"]} == {"closing_policies", "schedules"}
    asked = {"size": "large", "reason": "we have grown"}
    assert desk.reviewer.post("/profiles", asked).status_code == 403
    waiting = made(desk.accountant, "/profiles", asked)
    assert waiting["version_id"] is None
    owner = program(desk.owner)
    made(owner, f"/settings/proposals/{waiting['proposal_id']}/approve")
    assert told(desk.reviewer.get("/profiles"))["standing"] == "large"
    [policy] = [
        each["policy"] for each in desk.show("/policies")["items"] if each["ledger"] == "AR"
    ]
    assert (policy["sample_percent"], policy["second_review_minor"]) == (5, 100_000_000)

    run = desk.show()["run"]
    place = f"/books/{desk.books}/ledgers/AR/periods/{run['period']}"
    assert told(desk.reviewer.get(f"{place}/sample")) == {"sample": None}
    made(desk.accountant, f"{place}/prepare", {"run_id": run["id"]})
    sample = told(desk.reviewer.get(f"{place}/sample"))["sample"]
    assert sample["left_count"] == len(sample["cases"]) > 0
    refused = desk.reviewer.post(f"{place}/review", {})
    assert (refused.status_code, told(refused)["code"]) == (409, "closing.sample-open")
    first, *others = sample["cases"]
    own = desk.accountant.post(f"{place}/sample", {"case_id": first["id"], "verdict": "right"})
    assert (own.status_code, told(own)["code"]) == (403, "access.four-eyes")
    silent = desk.reviewer.post(f"{place}/sample", {"case_id": first["id"], "verdict": "wrong"})
    assert silent.status_code == 422
    for each in (first, *others):
        made(desk.reviewer, f"{place}/sample", {"case_id": each["id"], "verdict": "right"})
    made(desk.reviewer, f"{place}/review", {})
    assert told(desk.reviewer.get(f"{place}/sample"))["sample"]["seed"] == sample["seed"]


def test_a_case_that_is_wrong_suspends_through_the_api_too() -> None:
    desk = Desk()
    made(
        desk.accountant,
        f"/books/{desk.books}/policies",
        {"ledger": "AR", "sample_percent": 1, "reason": "as agreed"},
    )
    run = desk.show()["run"]
    place = f"/books/{desk.books}/ledgers/AR/periods/{run['period']}"
    made(desk.accountant, f"{place}/prepare", {"run_id": run["id"]})
    [case] = told(desk.reviewer.get(f"{place}/sample"))["sample"]["cases"]
    wrong = {"case_id": case["id"], "verdict": "wrong", "comment": "no such delivery"}
    made(desk.reviewer, f"{place}/sample", wrong)
    steps = told(desk.reviewer.get(place))["steps"]
    assert [each["step"] for each in steps] == ["prepared", "suspended"]
    assert steps[-1]["reason"].endswith("no such delivery")
