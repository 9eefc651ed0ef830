"""What all tests share: the golden switch, and the corpus or the reason why it is not there."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tieout.testing.corpus import corpus_folder

# A busy machine is no fault of the code: time is measured by the benchmarks, not by properties.
settings.register_profile("tieout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tieout")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def write_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-golden"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the corpus of real files is not here (set TIEOUT_CORPUS to its folder)")
    return folder
