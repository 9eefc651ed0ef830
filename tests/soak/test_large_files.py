"""A file of 200 MB is read to the end, in bounded memory, as a person would start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 2_800_000
MEGABYTE_MAX = 1500


@pytest.mark.soak
def test_two_hundred_megabytes_are_read_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,account,currency,date,amount,counterparty,narrative\n")
        for at in range(ROWS):
            file.write(
                f"T{at:09},A{at % 100},EUR,2026-01-{at % 28 + 1:02},{at % 977 - 400}.25,Firm {at},"
            )
            file.write(f"Invoice {at} of the month\n")
    assert path.stat().st_size > 200_000_000
    answer = tmp_path / "answer.txt"
    with answer.open("w", encoding="utf-8") as out:
        child = subprocess.Popen([sys.executable, "-m", "tieout", "read", str(path)], stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    said = answer.read_text(encoding="utf-8")
    assert child.returncode == 0, said
    assert f"{ROWS // 100:,}" in said
    unit = 1 if sys.platform == "darwin" else 1024
    assert used.ru_maxrss * unit / 1e6 < MEGABYTE_MAX
