"""The command line where it is used wrongly, stopped, or read by another program."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tieout.cli import app as door


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tieout", *arguments])
    with pytest.raises(SystemExit) as ended:
        door.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.req("R070", "R085")
@pytest.mark.parametrize(
    "arguments",
    [
        ("match", "a.csv", "--json"),
        ("read", "--json"),
        ("match", "a.csv", "b.csv", "--unknown", "--json"),
        ("match", "a.csv", "b.csv", "--engine", "abacus", "--json"),
        ("nonsense", "--json"),
        ("explain-code", "no-such-code", "--json"),
        ("read", "absent.csv", "--json"),
        ("demo", "--with", "absent", "--json"),
    ],
)
def test_what_is_called_wrongly_ends_with_2_and_valid_json(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, *arguments) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"]
    assert error["message"]
    assert error["next_step"]


@pytest.mark.req("R085")
def test_the_same_without_json_is_a_sentence_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, "match", "a.csv") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Missing argument 'RIGHT'" in said.err


def test_ctrl_c_ends_with_130_and_one_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tieout.cli.reading.run", stopped)
    assert run_main(monkeypatch, "read", str(tmp_path)) == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_a_reader_that_has_gone_is_no_fault() -> None:
    command = [sys.executable, "-m", "tieout", "formats"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_code_is_explained_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, "explain-code", "statement.gap", "--json") == 0
    assert json.loads(capsys.readouterr().out)["severity"] == "doubt"
