"""The one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tieout.core.errors import InvalidInput

SETTINGS = {
    "TIEOUT_HOME": "folder of the embedded database and its passwords",
    "DATABASE_URL": "a PostgreSQL of your own, as the application's role",
    "TIEOUT_OWNER_URL": "the same database as the owner of its tables, for migrations",
    "TIEOUT_PG_PROGRAMS": "folder of PostgreSQL's programs for the embedded database",
    "TIEOUT_PG_ACCOUNT": "as root: the account that runs the embedded database",
    "TIEOUT_SECRET_KEY": "what signs sessions; without it one is kept in the home folder",
    "TIEOUT_SECRETS_KEYS": "what seals kept secrets, with commas between; the first one seals anew",
    "TIEOUT_METRICS_TOKEN": "who asks for /metrics from elsewhere than this machine sends it",
    "TIEOUT_HOOKS_INSIDE": "allowed: hooks and messages may go into the server's own network",
    "TIEOUT_LOG": "plain: log lines for people instead of JSON",
    "TIEOUT_ADDRESS": "the address people open (https://books.example.org)",
    "TIEOUT_HOSTS": "further host names it answers to, with commas between",
    "TIEOUT_PROXIES": "how many proxies stand before it and can be believed",
    "TIEOUT_MAIL": "mail server (smtp://user:password@host:587, or smtps://)",
    "TIEOUT_MAIL_FROM": "sender of its letters",
    "TIEOUT_API_RATE": "how many calls a minute a token may make; 600 without it",
    "TIEOUT_BREACHES": "online: new passwords are looked up among leaks, by five letters of a hash",
    "TIEOUT_SIGNING_KEY": "what signs heads of audit chains: a private Ed25519 key, hexadecimal",
    "TIEOUT_BACKUP_URL": "the same database as a role that sees all rows, for backups",
}
"""Every variable, and what it is for."""

ADDRESS = "http://localhost:8000"
API_RATE = 600


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says."""

    home: Path
    database_url: str = ""
    owner_url: str = ""
    programs: Path | None = None
    account: str = ""
    secret_key: str = ""
    secrets_keys: tuple[str, ...] = ()
    metrics_token: str = ""
    hooks_inside: bool = False
    log_plain: bool = False
    address: str = ADDRESS
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    mail: str = ""
    mail_from: str = ""
    breaches_online: bool = False
    signing_key: str = ""
    backup_url: str = ""
    api_rate: int = API_RATE

    @classmethod
    def of(cls, variables: Mapping[str, str] | None = None) -> "Environment":
        """From the process's variables, or from the given ones."""
        known = os.environ if variables is None else variables
        if known.get("TIEOUT_OWNER_URL") and not known.get("DATABASE_URL"):
            raise InvalidInput(
                "store.no-server", "TIEOUT_OWNER_URL alone", "DATABASE_URL beside it"
            )
        programs = known.get("TIEOUT_PG_PROGRAMS", "")
        return cls(
            Path(known.get("TIEOUT_HOME") or _default_home(known)),
            known.get("DATABASE_URL", ""),
            known.get("TIEOUT_OWNER_URL", ""),
            Path(programs) if programs else None,
            known.get("TIEOUT_PG_ACCOUNT", ""),
            known.get("TIEOUT_SECRET_KEY", ""),
            tuple(filter(None, known.get("TIEOUT_SECRETS_KEYS", "").replace(" ", "").split(","))),
            known.get("TIEOUT_METRICS_TOKEN", ""),
            known.get("TIEOUT_HOOKS_INSIDE", "") == "allowed",
            known.get("TIEOUT_LOG", "") == "plain",
            known.get("TIEOUT_ADDRESS", "").rstrip("/") or ADDRESS,
            tuple(filter(None, known.get("TIEOUT_HOSTS", "").replace(" ", "").split(","))),
            int(known.get("TIEOUT_PROXIES") or 0),
            known.get("TIEOUT_MAIL", ""),
            known.get("TIEOUT_MAIL_FROM", ""),
            known.get("TIEOUT_BREACHES", "") == "online",
            known.get("TIEOUT_SIGNING_KEY", ""),
            known.get("TIEOUT_BACKUP_URL", ""),
            max(int(known.get("TIEOUT_API_RATE") or API_RATE), 1),
        )

    @staticmethod
    def given() -> dict[str, bool]:
        """Which variables are set; what they say is nobody else's business."""
        return {name: bool(os.environ.get(name)) for name in SETTINGS}


def _default_home(variables: Mapping[str, str]) -> Path:
    """As root a place that another account can reach; else the user's own data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/tieout")
    data = variables.get("XDG_DATA_HOME", "")
    return (Path(data) if data else Path.home() / ".local" / "share") / "tieout"
