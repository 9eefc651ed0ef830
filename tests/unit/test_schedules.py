"""When schedules are due: the five fields, and both changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput
from tieout.core.schedules import Cron, Every, cron_of

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def due(text: str, after: str, zone: ZoneInfo = BERLIN, count: int = 1) -> list[str]:
    """The next instants in local time, with their offset: `02:30+02:00`."""
    cron, instant, found = Cron.of(text), datetime.fromisoformat(after), []
    for _ in range(count):
        instant = cron.next_after(instant, zone)
        found.append(instant.astimezone(zone).isoformat(" ", "minutes"))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 6 * * 1-5", "2026-11-23 06:30+01:00"),
        ("*/20 * * * *", "2026-11-22 10:40+01:00"),
        ("0 0 1 * *", "2026-12-01 00:00+01:00"),
        ("0 12 * * sun", "2026-11-22 12:00+01:00"),
        ("0 12 * * 7", "2026-11-22 12:00+01:00"),
        ("0 9 29 feb *", "2028-02-29 09:00+01:00"),
        ("15 9,17 * * *", "2026-11-22 17:15+01:00"),
        ("0 8 13 * fri", "2026-11-27 08:00+01:00"),  # both days restricted: either will do
        ("5-10/5 23 * jan-mar *", "2027-01-01 23:05+01:00"),
    ],
)
def test_the_next_time(text: str, expected: str) -> None:
    assert due(text, "2026-11-22T10:20:00+01:00") == [expected]


@pytest.mark.req("R022")
def test_in_spring_a_time_that_is_skipped_runs_right_after_the_gap_and_once() -> None:
    # On 28 March 2027 Berlin goes from 02:00 to 03:00.
    assert due("30 2 * * *", "2027-03-26T12:00:00+01:00", count=3) == [
        "2027-03-27 02:30+01:00",
        "2027-03-28 03:00+02:00",
        "2027-03-29 02:30+02:00",
    ]
    assert due("0 * * * *", "2027-03-28T00:30:00+01:00", count=3) == [
        "2027-03-28 01:00+01:00",
        "2027-03-28 03:00+02:00",
        "2027-03-28 04:00+02:00",
    ]


@pytest.mark.req("R022")
def test_in_autumn_a_time_that_is_repeated_runs_once_but_every_hour_runs() -> None:
    # On 25 October 2026 Berlin goes from 03:00 back to 02:00.
    assert due("30 2 * * *", "2026-10-24T12:00:00+02:00", count=2) == [
        "2026-10-25 02:30+02:00",
        "2026-10-26 02:30+01:00",
    ]
    assert due("0 * * * *", "2026-10-25T01:30:00+02:00", count=3) == [
        "2026-10-25 02:00+02:00",
        "2026-10-25 02:00+01:00",
        "2026-10-25 03:00+01:00",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *",
     "*/0 * * * *", "5-1 * * * *", "1,,2 * * * *", "0 0 30 feb *", "* * * * * *", "² * * * *"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        Cron.of(text)
    assert raised.value.code == "schedule.invalid"


def test_words_for_the_usual_ones() -> None:
    texts = {
        every: cron.text if (cron := cron_of(every, time(6, 30), 5, "1 2 * * *")) else ""
        for every in Every
    }
    assert texts == {
        Every.MANUAL: "",
        Every.REAL_TIME: "",
        Every.HOURLY: "30 * * * *",
        Every.DAILY: "30 6 * * *",
        Every.DAILY_INTRADAY: "30 6 * * *",
        Every.WEEKLY: "30 6 * * 5",
        Every.CRON: "1 2 * * *",
    }


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"]
NEAR_CHANGES = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4),
                date(2026, 10, 25), date(2026, 11, 1), date(2026, 7, 1)]  # fmt: skip


@given(
    st.sampled_from(ZONES),
    st.sampled_from(NEAR_CHANGES),
    st.integers(0, 59),
    st.integers(0, 23) | st.just(None),
    st.integers(0, 48 * 60),
)
def test_a_walk_through_the_minutes_finds_the_same(
    name: str, day: date, minute: int, hour: int | None, start: int
) -> None:
    """The slow way: walk minute by minute, and look at the clock on the wall."""
    zone = ZoneInfo(name)
    begin = datetime.combine(day - timedelta(days=1), time(), UTC) + start * MINUTE
    text = f"{minute} {'*' if hour is None else hour} * * *"
    assert Cron.of(text).next_after(begin, zone) == walked(begin, minute, hour, zone)


def walked(begin: datetime, minute: int, hour: int | None, zone: ZoneInfo) -> datetime:
    instant = begin
    while True:
        instant += MINUTE
        local, before = instant.astimezone(zone), (instant - MINUTE).astimezone(zone)
        is_minute = local.minute == minute
        if hour is None:
            if is_minute:
                return instant
            continue
        if is_minute and local.hour == hour and local.fold == 0:
            return instant
        skipped = local.replace(tzinfo=None) - before.replace(tzinfo=None) - MINUTE
        if skipped > timedelta(0):  # the clock jumped: was the time within the jump?
            at = local.replace(tzinfo=None, hour=hour, minute=minute)
            if before.replace(tzinfo=None) < at < local.replace(tzinfo=None):
                return instant


def spans(low: int, high: int) -> st.SearchStrategy[str]:
    """A field: everything, a step, a number, a list or a span."""
    number = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        st.integers(1, high).map(lambda step: f"*/{step}"),
        st.lists(number, min_size=1, max_size=3, unique=True).map(
            lambda each: ",".join(map(str, each))
        ),
        st.sets(number, min_size=2, max_size=2).map(lambda two: f"{min(two)}-{max(two)}"),
    )


@example("* * */7 2 3", datetime(2024, 1, 1))  # noqa: DTZ001  as below; a day ten years away
@given(
    st.tuples(spans(0, 59), spans(0, 23), spans(1, 28), spans(1, 12), spans(0, 6)).map(" ".join),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001  the zone is added
)
def test_where_the_clock_does_not_change_a_well_known_library_says_the_same(
    text: str, after: datetime
) -> None:
    instant = after.replace(tzinfo=UTC)
    assert Cron.of(text).next_after(instant, UTC) == croniter(
        text, instant, implement_cron_bug=True
    ).get_next(datetime)
