"""The commands of proof and keeping from nothing: signed, exported, backed up, lost, restored."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.databases import home_folder


def tieout(home: Path, *arguments: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TIEOUT_", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "tieout", *map(str, arguments)],
        env=kept | {"TIEOUT_HOME": str(home)}, input=typed, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.req("R085")
def test_a_site_is_signed_exported_backed_up_lost_and_restored(tmp_path: Path) -> None:
    export, backup = tmp_path / "chain.jsonl", tmp_path / "site.backup"
    pack = tmp_path / "pack.zip"
    with home_folder() as home:
        made = tieout(
            home, "create-organisation", "Marlowe", "--owner", "o@example.org",
            "--password-file", "-", typed="four unusual 7 words\n",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        assert tieout(home, "audit", "sign").returncode == 0
        [key] = json.loads(tieout(home, "audit", "key", "--json").stdout)
        assert tieout(home, "audit", "export", "--out", export).returncode == 0
        packed = tieout(
            home, "audit", "pack", "--from", "2026-01-01", "--to", "2026-12-31", "--out", pack,
            "--reason", "tax audit",
        )  # fmt: skip
        assert packed.returncode == 0, packed.stderr
        unknown = tieout(
            home, "audit", "pack", "--from", "2026-01-01", "--to", "2026-12-31", "--out", pack,
            "--books", "nobody's",
        )  # fmt: skip
        assert unknown.returncode == 2
        assert "store.not-found" in unknown.stderr
        taken = tieout(home, "backup", "--out", backup)
        assert taken.returncode == 0, taken.stderr
        shutil.rmtree(home)
    for each in (export, pack):
        assert tieout(home, "audit", "verify", each, "--key", key["public"]).returncode == 0
    with home_folder() as elsewhere:
        refused = tieout(elsewhere, "restore", export)
        assert refused.returncode == 2
        assert "backup.not-usable" in refused.stderr
        restored = tieout(elsewhere, "restore", backup)
        assert restored.returncode == 0, restored.stderr
        sound = tieout(elsewhere, "audit", "verify", "--json")
        assert sound.returncode == 0, sound.stderr
        said = json.loads(sound.stdout)
        assert (said["organisation"], said["heads"], said["sound"]) == ("Marlowe", 1, True)
        doctor = tieout(elsewhere, "doctor", "--json")
        checks = {each["check"]: each for each in json.loads(doctor.stdout)}
        assert checks["tables"]["found"] == "up to date"
        masked = tieout(
            elsewhere, "mask", "--organisation", "Marlowe", "--into", "Copy", "--as",
            "o@example.org",
        )  # fmt: skip
        assert masked.returncode == 0, masked.stderr
        bundle = tmp_path / "bundle.json"
        assert tieout(elsewhere, "support-bundle", "--out", bundle).returncode == 0
        assert "Marlowe" not in bundle.read_text()
