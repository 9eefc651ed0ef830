"""An exported chain is proved from its file alone, and whatever was done to the file is named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signatures.chains import (
    CHAIN,
    KEYS,
    PUBLIC,
    chain_of,
    event_lines,
    export_of,
    heads_of,
    saved,
    with_event,
)
from tieout.core.audit import Head, Tampering, Verified, is_sound, verify
from tieout.core.audit_file import ExportReader
from tieout.core.errors import InvalidInput, NotFound
from tieout.signatures import key_id, public_key_of
from tieout.signatures.export import verify_export

EVENTS = chain_of(10)
HEADS = heads_of(EVENTS)
EXPORT = export_of(EVENTS, HEADS)


def found(folder: Path, data: bytes) -> Verified:
    return verify_export(saved(folder, data), KEYS)[1]


def named(answer: Verified) -> set[tuple[Tampering, int]]:
    return {(each.kind, each.sequence) for each in answer.findings}


def test_an_export_that_nobody_touched_is_sound(tmp_path: Path) -> None:
    opening, answer = verify_export(saved(tmp_path, EXPORT), KEYS)
    assert answer == Verified(10, 2, ())
    assert answer.is_sound
    assert (opening.chain, opening.keys) == (CHAIN, KEYS)
    assert found(tmp_path, export_of([], [])).is_sound


def test_what_was_written_is_read_back() -> None:
    reader = ExportReader(EXPORT.splitlines(keepends=True))
    assert list(reader.events()) == EVENTS
    assert reader.opening.heads == HEADS
    assert reader.odd == []


@pytest.mark.req("R020")
def test_an_altered_event_is_named(tmp_path: Path) -> None:
    def change(values: dict[str, object]) -> None:
        values["body"] = str(values["body"]).replace("decide", "reject")

    answer = found(tmp_path, with_event(EXPORT, 5, change))
    assert named(answer) == {(Tampering.ALTERED, 5)}


@pytest.mark.req("R020")
@given(data=st.data())
def test_any_byte_changed_anywhere_in_the_events_is_found(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = EXPORT.splitlines(keepends=True)
    at = data.draw(st.sampled_from(event_lines(EXPORT)))
    place = data.draw(st.integers(0, len(lines[at]) - 2))
    changed = bytearray(lines[at])
    changed[place] = data.draw(st.integers(32, 126).filter(lambda each: each != changed[place]))
    lines[at] = bytes(changed)
    answer = found(tmp_path_factory.mktemp("chain"), b"".join(lines))
    assert not answer.is_sound


@pytest.mark.req("R020")
def test_removed_events_are_named_in_the_middle_and_at_the_end(tmp_path: Path) -> None:
    lines = EXPORT.splitlines(keepends=True)
    where = event_lines(EXPORT)
    kept = [line for at, line in enumerate(lines) if at not in {where[4], where[9]}]
    answer = found(tmp_path, b"".join(kept))
    assert named(answer) == {(Tampering.MISSING, 5), (Tampering.MISSING, 10)}


@pytest.mark.req("R020")
def test_an_inserted_event_is_named(tmp_path: Path) -> None:
    forged = chain_of(6, "forged")[5]
    answer = found(tmp_path, export_of([*EVENTS[:5], forged, *EVENTS[5:]], HEADS))
    assert (Tampering.INSERTED, 6) in named(answer)


@pytest.mark.req("R020")
def test_events_that_changed_places_are_named(tmp_path: Path) -> None:
    lines = EXPORT.splitlines(keepends=True)
    one, other = event_lines(EXPORT)[2], event_lines(EXPORT)[3]
    lines[one], lines[other] = lines[other], lines[one]
    answer = found(tmp_path, b"".join(lines))
    assert {each.kind for each in answer.findings} == {Tampering.REORDERED}


@pytest.mark.req("R020")
def test_a_whole_chain_written_anew_is_found_by_its_heads(tmp_path: Path) -> None:
    forged = chain_of(10, "forged")
    answer = found(tmp_path, export_of(forged, HEADS))
    assert {(Tampering.REWRITTEN, 3), (Tampering.REWRITTEN, 7)} <= named(answer)


@pytest.mark.req("R020")
def test_a_forger_with_a_key_of_his_own_is_found_by_the_key_that_is_known(tmp_path: Path) -> None:
    theirs = bytes(32)
    forged = chain_of(10, "forged")
    keys = {key_id(public_key_of(theirs)): public_key_of(theirs)}
    data = export_of(forged, heads_of(forged, theirs), keys)
    assert found(tmp_path, data).unproved_heads == (3, 7)
    _, believed = verify_export(saved(tmp_path, data), {})
    assert believed.is_sound, "the file's own keys prove only what the file says"


def test_a_head_that_was_removed_is_missed_by_the_chain_itself(tmp_path: Path) -> None:
    answer = found(tmp_path, export_of(EVENTS, HEADS[1:]))
    assert answer.lost_heads == (3,)
    assert not answer.is_sound


def test_a_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    lines = EXPORT.splitlines(keepends=True)
    assert (Tampering.MISSING, 11) in named(found(tmp_path, b"".join(lines[:-1])))
    assert (Tampering.MISSING, 10) in named(found(tmp_path, b"".join(lines[:-2])))


def test_lines_that_no_export_has_are_named(tmp_path: Path) -> None:
    answer = found(tmp_path, EXPORT + b'{"kind":"event"}\n' + EXPORT.splitlines()[-1] + b"\n")
    assert answer.odd_lines == (16, 17)
    assert not answer.is_sound


@pytest.mark.parametrize("data", [b"", b"\xff\x00", b"{}\n", b'{"kind":"tieout-audit-export"}\n'])
def test_what_is_no_export_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        verify_export(saved(tmp_path, data), {})
    assert raised.value.code == "audit.not-export"
    with pytest.raises(NotFound):
        verify_export(tmp_path / "absent", {})


@given(st.data())
def test_the_quick_answer_is_yes_exactly_where_nothing_is_found(data: st.DataObject) -> None:
    """Whatever is done to a chain: both ways through it agree."""
    true, forged = chain_of(6), chain_of(6, "forged")
    events = [
        data.draw(st.sampled_from([true[at], true[at], true[at], forged[at]])) for at in range(6)
    ]
    for _ in range(data.draw(st.integers(0, 2))):
        at, to = data.draw(st.integers(0, len(events) - 1)), data.draw(st.integers(0, 5))
        moved = events.pop(at)
        if data.draw(st.booleans()):
            events.insert(to, moved)
    heads = [
        Head(CHAIN, each.sequence, each.hash, EVENTS_AT)
        for each in data.draw(st.lists(st.sampled_from([*true, forged[2]]), max_size=2))
    ]
    end = data.draw(st.sampled_from([None, *true]))
    tail = Head(CHAIN, end.sequence, end.hash, EVENTS_AT) if end else None
    assert is_sound(events, CHAIN, heads, tail) is (verify(events, CHAIN, heads, tail) == ())


EVENTS_AT = HEADS[0].head.at


def tieout(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tieout", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.req("R085")
def test_the_command_answers_with_exit_codes(tmp_path: Path) -> None:
    path = saved(tmp_path, EXPORT)
    good = tieout("audit", "verify", path, "--key", PUBLIC.hex())
    assert good.returncode == 0, good.stderr
    assert "10 events, 2 signed heads" in good.stdout
    assert "came with the file" in tieout("audit", "verify", path).stdout
    saved(tmp_path, export_of([*EVENTS[:2], *EVENTS[3:]], HEADS))
    bad = tieout("audit", "verify", path, "--key", PUBLIC.hex(), "--json")
    assert bad.returncode == 1
    said = json.loads(bad.stdout)
    assert [(each["kind"], each["event"]) for each in said["findings"]] == [("missing", 3)]
    for arguments, code in (
        ((tmp_path / "absent",), "file.not-found"),
        ((path, "--key", "12"), "audit.no-key"),
    ):
        refused = tieout("audit", "verify", *arguments)
        assert refused.returncode == 2
        assert code in refused.stderr


def test_no_database_is_loaded_to_prove_a_file(tmp_path: Path) -> None:
    path = saved(tmp_path, EXPORT)
    code = (
        "import sys; from tieout.cli.app import app; "
        f"app(['audit', 'verify', {str(path)!r}], standalone_mode=False); "
        "print([n for n in ('django', 'psycopg', 'duckdb', 'pyarrow') if n in sys.modules],"
        "file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr.strip() == "[]"
