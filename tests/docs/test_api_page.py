"""The page of the API's operations is what its description says."""

from tieout.config.database import set_up
from tieout.testing import api_page


def test_the_page_of_operations_is_the_description() -> None:
    set_up()
    from tieout.api.urls import description  # noqa: PLC0415  Django is set up first

    said = api_page.page_of(description())
    assert api_page.PAGE.read_text(encoding="utf-8") == said
    assert said.count("\n| `") == sum(map(len, description()["paths"].values()))
