"""Loops of the sum search are tried as they stand and compiled."""

import pytest

from tieout.engine import compiled


@pytest.fixture(params=["plain", "compiled"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever there is to do, little or much."""
    if request.param == "plain":
        monkeypatch.setattr(compiled.Loop, "made", lambda loop: loop.going_round)
    monkeypatch.setattr(compiled, "FEW", -1)
