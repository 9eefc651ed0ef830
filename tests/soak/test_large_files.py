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
                f"T{at:09},A{at % 100},EUR,2026-01-{at % 28 + 1:02},{at % 977}.25,Firm {at},"
            )
            file.write(f"Invoice {at} of the month\n")
    assert path.stat().st_size > 200_000_000
    child = subprocess.Popen(
        [sys.executable, "-m", "tieout", "read", str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    assert status == 0, said
    assert f"{ROWS // 100:,}" in said
    assert used.ru_maxrss / 1024 < MEGABYTE_MAX
