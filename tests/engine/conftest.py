"""What tests of the engine share."""

import sys

import pytest

from tieout.engine import compiled


@pytest.fixture(params=["plain", "compiled"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with every loop as it stands, and again with every loop compiled."""
    is_plain = request.param == "plain"
    monkeypatch.setattr(compiled, "FEW", 10**9 if is_plain else -1)
    modules = [each for name, each in sys.modules.items() if name.startswith("tieout.engine")]
    for each in {id(loop): loop for module in modules for loop in vars(module).values()}.values():
        if is_plain and isinstance(each, compiled.Loop):
            monkeypatch.setattr(each, "_made", None)
