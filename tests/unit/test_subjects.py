"""Whom a text names, and how a subject is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.subjects import Subject, SubjectKind, mentioned

MEMBERS = {
    1: ("ann@example.org", "Ann"),
    2: ("anna@example.org", "Ann Lee"),
    3: ("bo@example.org", ""),
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@ann@example.org and @BO@example.org", (1, 3)),
        ("@Ann Lee, please", (2,)),
        ("@ann: and @Ann Lee", (1, 2)),
        ("ann@example.org", ()),
        ("@Anne", ()),
        ("x@ann", ()),
        ("@", ()),
    ],
)
def test_a_mention_is_an_at_sign_and_an_address_or_a_name(
    text: str, named: tuple[int, ...]
) -> None:
    assert mentioned(text, MEMBERS) == named


@given(st.text())
def test_any_text_names_only_members(text: str) -> None:
    assert set(mentioned(text, MEMBERS)) <= MEMBERS.keys()


@given(st.sampled_from(SubjectKind), st.integers(0, 2**63))
def test_a_subject_reads_as_it_is_written(kind: SubjectKind, number: int) -> None:
    subject = Subject(kind, number)
    assert Subject.of(str(subject)) == subject
