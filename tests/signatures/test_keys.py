"""The keys that sign: made when needed, read by their owner alone, known for ever."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tieout.core.errors import InvalidInput
from tieout.signatures import key_id, public_key_of
from tieout.signatures.keys import NAME, KeyStore

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OWN = bytes(range(32))


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    key = store.signing(NOW)
    assert KeyStore(tmp_path).signing(NOW) == key
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0
    assert store.public_keys() == {key_id(public_key_of(key)): public_key_of(key)}
    (tmp_path / NAME).chmod(0o644)
    with pytest.raises(InvalidInput, match="others can read"):
        store.signing(NOW)


def test_rotation_keeps_public_keys_and_forgets_private_ones(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    first = store.signing(NOW)
    second = store.rotate(NOW)
    assert store.signing(NOW) == second != first
    assert list(store.public_keys().values()) == [public_key_of(first), public_key_of(second)]
    text = (tmp_path / NAME).read_text()
    assert second.hex() in text
    assert first.hex() not in text


def test_a_key_of_ones_own_is_never_written(tmp_path: Path) -> None:
    own = KeyStore(tmp_path, OWN.hex())
    assert own.signing(NOW) == OWN
    assert OWN.hex() not in (tmp_path / NAME).read_text()
    assert public_key_of(OWN) in KeyStore(tmp_path).public_keys().values()
    with pytest.raises(InvalidInput):
        own.rotate(NOW)
    with pytest.raises(InvalidInput, match="TIEOUT_SIGNING_KEY"):
        KeyStore(tmp_path, "12").signing(NOW)


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"keys": [{"id": "x"}]})])
def test_a_damaged_file_is_said_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(InvalidInput) as raised:
        KeyStore(tmp_path).signing(NOW)
    assert raised.value.code == "audit.no-key"
    assert path.read_text() == text
