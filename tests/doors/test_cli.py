"""The command line as a person or a script meets it: words, files, exit codes."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pytest

from tieout.cli import app as door
from tieout.cli.demo import FIRM

BANK = """Date,Description,Amount,Currency,Id
2026-09-02,INV 2041 BRIDGE STREET CAFE,1440.00,EUR,b1
2026-09-03,TIMBERLINE SUPPLIES 88-4471,-612.48,EUR,b2
2026-09-07,MARLOWE T INV-2038,875.50,EUR,b3
"""
BOOKS = """Date,Description,Amount,Currency,Id
2026-09-01,Bridge Street Cafe INV 2041,1440.00,EUR,k1
2026-09-02,Timberline Supplies 88-4471,-612.48,EUR,k2
2026-09-06,T Marlowe INV-2038,875.50,EUR,k3
"""


@dataclass(frozen=True)
class Done:
    """What a call left behind."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


def process(*arguments: object) -> Done:
    """The program as a shell starts it."""
    command = [sys.executable, "-m", "tieout", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def tieout(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The same program within this process: it need not be loaded anew for every call."""

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["tieout", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            door.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, said.out, said.err)

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "bank.csv", tmp_path / "books.csv"
    left.write_text(BANK, encoding="utf-8")
    right.write_text(BOOKS, encoding="utf-8")
    return left, right


@pytest.mark.req("R085")
def test_agreed_files_end_with_0(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = process("match", *files, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Agreed: all 3 records" in done.stdout


@pytest.mark.req("R085", "R119")
def test_differences_end_with_1_and_every_record_is_in_the_tables(
    tieout: Call, files: tuple[Path, Path], tmp_path: Path
) -> None:
    left, right = files
    left.write_text(BANK + "2026-09-30,ACCOUNT CHARGE,-12.50,EUR,b4\n", encoding="utf-8")
    out = tmp_path / "out"
    done = tieout("match", left, right, "--out", out, "--json")
    assert done.returncode == 1, done.stderr
    summary = json.loads(done.stdout)
    assert summary["agreed"] is False
    with (out / "groups.csv").open(encoding="utf-8") as file:
        grouped = list(csv.DictReader(file))
    with (out / "unmatched.csv").open(encoding="utf-8") as file:
        unmatched = list(csv.DictReader(file))
    expected = "group_id side record_id amount_minor currency pass status score reason"
    assert " ".join(grouped[0]) == expected
    assert [(row["record_id"], row["amount_minor"]) for row in unmatched] == [("b4", "-1250")]
    assert sorted(row["record_id"] for row in grouped) == ["b1", "b2", "b3", "k1", "k2", "k3"]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "ACCOUNT CHARGE" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.req("R085", "R070")
def test_what_cannot_run_ends_with_2_and_says_what_to_do(
    tieout: Call, files: tuple[Path, Path], tmp_path: Path
) -> None:
    done = tieout("match", files[0], tmp_path / "absent.csv")
    assert done.returncode == 2
    assert "[file.not-found]" in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
    as_json = tieout("match", files[0], tmp_path / "absent.csv", "--json")
    assert json.loads(as_json.stdout)["error"]["code"] == "file.not-found"


def test_a_rules_file_with_a_wrong_key_is_refused_by_name(
    tieout: Call, files: tuple[Path, Path], tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("lag_days = 3\n", encoding="utf-8")
    done = tieout("match", *files, "--rules", rules)
    assert done.returncode == 2
    assert "[match.rules-invalid]" in done.stderr
    assert "lag_days_max" in done.stderr


def test_a_folder_that_cannot_be_written_is_said(tieout: Call, files: tuple[Path, Path]) -> None:
    done = tieout("match", *files, "--out", files[0] / "out")
    assert done.returncode == 2
    assert "[output.not-writable]" in done.stderr


def test_read_says_whether_a_statement_ties(tieout: Call, tmp_path: Path) -> None:
    path = tmp_path / "s.sta"
    body = ":20:S\n:25:77\n:28C:1/1\n:60F:C260901EUR100,00\n:61:260902D10,00NTRFNONREF\n:86:RENT\n"
    path.write_text(body + ":62F:C260930EUR90,00\n-\n", encoding="utf-8")
    done = tieout("read", path, "--json")
    assert done.returncode == 0, done.stdout
    [statement] = json.loads(done.stdout)["statements"]
    assert (statement["sum_minor"], statement["ties"]) == (-1000, True)
    path.write_text(body + ":62F:C260930EUR80,00\n-\n", encoding="utf-8")
    done = tieout("read", path)
    assert done.returncode == 1
    assert "does not tie" in done.stdout


def test_one_unreadable_file_does_not_stop_the_others(
    tieout: Call, files: tuple[Path, Path]
) -> None:
    empty = files[0].parent / "empty.ofx"
    empty.touch()
    done = tieout("read", empty, files[0])
    assert done.returncode == 2
    assert "[file.empty]" in done.stdout
    assert "bank.csv" in done.stdout


@pytest.mark.req("R072")
def test_doctor_has_a_line_for_every_check() -> None:
    done = process("doctor", "--json")
    checks = {each["check"]: each for each in json.loads(done.stdout)}
    assert {"engine", "disk", "memory", "permission"} <= checks.keys()
    assert done.returncode == (0 if all(each["ok"] for each in checks.values()) else 1)


def test_the_command_line_starts_without_loading_the_engine() -> None:
    code = (
        "import sys; from tieout.cli.app import app; "
        "app(['--help'], standalone_mode=False); "
        "print([name for name in ('duckdb', 'pyarrow', 'numpy', 'numba', 'rich', 'lxml') "
        "if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_every_shell(tieout: Call, shell: str) -> None:
    done = tieout("completion", shell)
    assert done.returncode == 0
    assert "_TIEOUT_COMPLETE" in done.stdout


def test_every_code_can_be_looked_up(tieout: Call) -> None:
    done = tieout("explain-code", "statement.gap")
    assert done.returncode == 0
    assert "Ask for the statement" in done.stdout
    assert tieout("explain-code", "gap").returncode == 2


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_no_room_for_the_answer_is_said_on_standard_error(
    tmp_path: Path, options: list[str]
) -> None:
    bank = tmp_path / "bank.csv"
    bank.write_text(BANK * 40)
    command = [sys.executable, "-m", "tieout", "read", str(bank), *options]
    with FULL.open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert done.returncode == 2
    assert "[output.not-writable]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("command", ["read", "match"])
def test_a_file_that_one_may_not_read_is_refused_with_its_code(
    tieout: Call, tmp_path: Path, command: str
) -> None:
    bank = tmp_path / "bank.csv"
    bank.write_text(BANK)
    bank.chmod(0)
    done = tieout(command, *[bank] * (2 if command == "match" else 1))
    assert done.returncode == 2
    assert "[file.not-readable]" in done.stdout + done.stderr


def test_the_demo_runs_and_shows_what_it_promises(tmp_path: Path) -> None:
    done = process("demo", "--once", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    sums = "Sales ledger is 16531.98 GBP below its control accounts"
    for said in ("does not tie", "unreadable", "counted once", "report.html", sums):
        assert said in done.stdout
    found = done.stdout.partition("What was found in the files")[2]
    card, between = found.partition("Between the files")[::2]
    assert "card-8841.csv" in card
    assert "cover the same days" not in card
    assert "cover the same days" in between
    again = process("demo", "--once", "--out", tmp_path, "--json")
    assert json.loads(again.stdout)["summary"]["agreed"] is False


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("current-2026-10.sta", "No books were found here"),
        ("books-2026.beancount", "No bank file was found here"),
    ],
)
def test_the_demo_on_a_folder_of_one_side_says_what_is_missing(
    tmp_path: Path, name: str, said: str
) -> None:
    copy(FIRM / name, tmp_path)
    done = process("demo", "--once", "--with", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout
