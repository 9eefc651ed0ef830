"""Bad input, tried one by one: the gallery in the docs shows what really happens."""

import pytest

from tieout.testing.gallery import EXHIBITS, PAGE, Exhibit, message_of, page


@pytest.mark.req("R070")
@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda each: each.code)
def test_a_bad_input_gives_its_code_and_a_whole_sentence(exhibit: Exhibit) -> None:
    codes, message = message_of(exhibit)
    assert exhibit.code in codes
    assert message.endswith(f"[{exhibit.code}]")


def test_the_page_in_the_docs_is_the_one_the_program_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
