"""The one place that reads the clock; everything below is handed an instant."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  here and nowhere else
