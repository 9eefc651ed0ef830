"""Three profiles: what suits an organisation of that size, and what choosing one sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.explain.certifying import AutomaticRule, ClosingPolicy, Risk
from tieout.core.profiles import (
    PROFILES,
    UP_TO,
    LedgerOfBooks,
    Measured,
    Size,
    suggested,
    with_profile,
)
from tieout.core.schedules import Every
from tieout.core.settings import changes, policy_entry, policy_of, settings_from, settings_of
from tieout.testing.corpus import PROJECT

STANDS = settings_from(
    {
        "books": [{"name": "Main books", "mapping": ""}],
        "schedules": [
            {
                "task": "explain_books",
                "subject": "Main books",
                "every": "daily",
                "cron": "30 7 * * *",
                "zone": "Europe/Paris",
            }
        ],
    }
)
LEDGERS = [LedgerOfBooks("Main books", "AR", 2, ClosingPolicy(Risk.HIGH, 3))]


def said(size: Size) -> list[str]:
    """What the profile would change in the settings that stand."""
    return list(map(str, changes(STANDS, with_profile(STANDS, PROFILES[size], LEDGERS))))


def test_a_profile_sets_schedule_sampling_and_approval_depth_and_keeps_the_rest() -> None:
    [policy, schedule] = said(Size.LARGE)
    assert "risk 'high', due_days 3" in policy
    assert "second_review 100000000, sample_percent 5, sample_most 60" in policy
    assert "sample_above 10000000" in policy
    assert schedule == (
        "~ schedules explain_books Main books: every 'daily' → 'hourly', "
        "cron '30 7 * * *' → '0 * * * *'"
    )


def test_a_time_that_somebody_has_set_stays_where_it_runs_as_often() -> None:
    assert not [each for each in said(Size.MEDIUM) if "schedules" in each]


@given(st.sampled_from(Size), st.integers(0, 3))
def test_choosing_it_again_changes_nothing_and_the_text_says_the_same(
    size: Size, exponent: int
) -> None:
    profile = PROFILES[size]
    ledgers = [LedgerOfBooks("Main books", "AP", exponent, ClosingPolicy())]
    once = with_profile(STANDS, profile, ledgers)
    [entry] = once.sections["closing_policies"].values()
    stands = [LedgerOfBooks("Main books", "AP", exponent, policy_of(entry))]
    assert with_profile(once, profile, stands) == once
    assert settings_of(once.text, check_rules=lambda _: None) == once


def test_thresholds_are_in_whole_units_of_the_base_currency() -> None:
    for exponent, minor in ((0, 1_000), (2, 100_000), (3, 1_000_000)):
        policy = PROFILES[Size.SMALL].on_policy(ClosingPolicy(), exponent)
        assert policy.sample_above_minor == minor


def test_the_larger_the_profile_the_more_often_and_the_deeper() -> None:
    small, medium, large = PROFILES.values()
    assert [each.explain for each in PROFILES.values()] == [Every.WEEKLY, Every.DAILY, Every.HOURLY]
    assert small.sample_most < medium.sample_most < large.sample_most
    balance = 2_000_000_00
    depths = [
        each.on_policy(ClosingPolicy(), 2).approvals(-balance, 0) for each in (small, medium, large)
    ]
    assert depths == [1, 1, 2]
    at_threshold = large.on_policy(ClosingPolicy(), 2)
    assert at_threshold.approvals(1_000_000_00, -1_000_000_00) == 1
    assert at_threshold.approvals(0, 1_000_000_01) == 2


@pytest.mark.parametrize(
    ("found", "size", "reason"),
    [
        (Measured(2, 4, 310), Size.SMALL, "2 members, 4 accounts, 310 lines a month"),
        (Measured(3, 10, 1_000), Size.SMALL, "3 members, 10 accounts, 1,000 lines a month"),
        (
            Measured(4, 10, 1_000),
            Size.MEDIUM,
            (
                "4 members, 10 accounts, 1,000 lines a month: "
                "small is up to 3 members, 10 accounts, 1,000 lines a month"
            ),
        ),
        (
            Measured(4, 10, 60_000),
            Size.LARGE,
            "60,000 lines a month, more than 50,000",
        ),
    ],
)
def test_the_profile_that_suits_is_named_with_its_reason(
    found: Measured, size: Size, reason: str
) -> None:
    told = suggested(found)
    assert (told.size, told.reason) == (size, reason)


@given(st.builds(Measured, *3 * [st.integers(0, 10**6)]), st.integers(0, 2), st.integers(0, 10**6))
def test_whoever_grows_is_never_told_a_smaller_one(found: Measured, at: int, more: int) -> None:
    counts = [found.member_count, found.account_count, found.lines_a_month]
    counts[at] += more
    sizes = list(Size)
    assert sizes.index(suggested(Measured(*counts)).size) >= sizes.index(suggested(found).size)


def test_a_policy_and_its_entry_say_the_same() -> None:
    policy = ClosingPolicy(Risk.LOW, 5, 1, 2, AutomaticRule.AGREES, 3, 4, 5, 6)
    assert policy_of(policy_entry(policy)) == policy


def test_the_guide_says_what_each_profile_sets() -> None:
    guide = (PROJECT / "docs/guides/control-accounts.md").read_text(encoding="utf-8")
    for size, each in PROFILES.items():
        up_to = ", ".join(UP_TO[size].said()) if size in UP_TO else "more"
        second = f"{each.second_review_above:,}" if each.second_review_above else "never"
        assert each.explain == each.reconcile
        assert (
            f"| {size} | {up_to} | {each.explain} | {each.sample_above:,} | "
            f"{each.sample_percent} % | {each.sample_most} | {second} |"
        ) in guide
