"""`settings.json`: which accounts are reconciled, which are defaults, and where suspense is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tieout.core.accounts import AccountKey, DefaultAccount
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import ControlSettings, SubLedger

NAME = "settings.json"
DEFAULTS = {
    SubLedger.AR: "debtors_control",
    SubLedger.AP: "creditors_control",
    SubLedger.INVENTORY: "stock_control",
    SubLedger.FIXED_ASSETS: "fixed_assets_control",
    SubLedger.DEPRECIATION: "depreciation_control",
    SubLedger.BANK: "bank_control",
}


@dataclass(frozen=True)
class SettingsRead:
    """What the file says; `counted` is None where it names no accounts for a ledger."""

    base_currency: str
    tolerance: str
    extracted_on: date | None
    ledgers: Mapping[SubLedger, ControlSettings]
    suspense: frozenset[AccountKey]


def read_settings(folder: Path) -> SettingsRead | None:
    """The settings; None where there is no such file.

    Raises:
        InvalidInput: `books.settings-invalid` where the file is not what the layout describes.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
        return _settings(said)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise InvalidInput("books.settings-invalid", found, "the settings", NAME) from error


def _settings(said: Mapping[str, object]) -> SettingsRead:
    counted = _object(said.get("reconciliation_enquiry_settings"))
    defaults = _object(said.get("default_nominal_accounts"))
    ledgers: dict[SubLedger, ControlSettings] = {}
    for ledger in SubLedger:
        named = counted.get(ledger.value)
        default = defaults.get(DEFAULTS[ledger])
        if not isinstance(named, list):
            continue
        keys = [_key(each) for each in named]
        repeated = next((key for key in keys if keys.count(key) > 1), None)
        if repeated is not None:
            raise ValueError(f"{repeated} is named twice for {ledger}")
        ledgers[ledger] = ControlSettings(frozenset(keys), _default(default) if default else None)
    suspense = defaults.get("suspense")
    extracted = said.get("extract_date")
    return SettingsRead(
        str(said.get("base_currency") or ""),
        str(said.get("rounding_tolerance") or ""),
        date.fromisoformat(str(extracted)) if extracted else None,
        ledgers,
        frozenset({_key(suspense)}) if suspense else frozenset(),
    )


def _object(said: object) -> Mapping[str, object]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise TypeError(f"{said!r} is not an object")
    return said


def _key(said: object) -> AccountKey:
    named = _object(said)
    parts = [str(named.get(name) or "") for name in ("account", "cost_centre", "department")]
    if not parts[0]:
        raise ValueError(f"{said!r} names no account")
    return AccountKey(*parts)


def _default(said: object) -> DefaultAccount:
    return DefaultAccount(_key(said), bool(_object(said).get("use_specified", False)))
