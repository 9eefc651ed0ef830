"""What must be the same in a copy: rows, balances, ends of chains; and the chains proved in it.

All of it is read by plain SQL as a role that sees every organisation: no models, no settings.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import LiteralString, cast
from uuid import UUID

import psycopg
from psycopg import sql

from tieout.core.audit import ChainedEvent, ChainId, Finding, Head, Verified, is_sound, verify
from tieout.core.audit_file import HeadSignature
from tieout.signatures import HeadsSaid, proved_heads

Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A database in figures."""

    rows: Mapping[str, int]
    """By table."""
    balance_count: int
    balance_sha256: str
    """Of every account's balance, in order."""
    chains: Mapping[str, tuple[int, str]]
    """By organisation: the number and the hash of the last event."""

    @property
    def data(self) -> dict[str, object]:
        """As plain data."""
        return {
            "rows": dict(self.rows),
            "balance_count": self.balance_count,
            "balance_sha256": self.balance_sha256,
            "chains": {name: list(end) for name, end in self.chains.items()},
        }

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Facts":
        """From plain data; raises ValueError, KeyError or TypeError for anything else."""
        rows, chains = data["rows"], data["chains"]
        if not (isinstance(rows, dict) and isinstance(chains, dict)):
            raise TypeError("rows and chains are by name")
        return cls(
            {str(name): int(count) for name, count in rows.items()},
            int(str(data["balance_count"])),
            str(data["balance_sha256"]),
            {str(name): (int(end[0]), str(end[1])) for name, end in chains.items()},
        )

    def differences(self, copy: "Facts") -> list[str]:
        """What is not the same in a copy, in sentences."""
        said = [
            f"{table}: {self.rows.get(table, 0)} rows became {copy.rows.get(table, 0)}"
            for table in sorted({*self.rows, *copy.rows})
            if self.rows.get(table) != copy.rows.get(table)
        ]
        if (self.balance_count, self.balance_sha256) != (copy.balance_count, copy.balance_sha256):
            said.append(f"{self.balance_count} balances became {copy.balance_count} others")
        said += [
            f"the audit chain of {name} ends elsewhere"
            for name in sorted({*self.chains, *copy.chains})
            if self.chains.get(name) != copy.chains.get(name)
        ]
        return said


def statement(name: str) -> LiteralString:
    """A file's statement; psycopg wants to know that nobody made it up at run time."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def facts_of(connection: Connection) -> Facts:
    """The figures as this connection's transaction sees them."""
    tables = [str(name) for (name,) in connection.execute(statement("tables")).fetchall()]
    if "audit_tail" not in tables:
        return Facts({}, 0, hashlib.sha256(b"").hexdigest(), {})
    rows = {}
    for table in tables:
        counted = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        ).fetchone()
        rows[table] = int(str(counted[0])) if counted else 0
    balances = connection.execute(statement("balances")).fetchall()
    digest = hashlib.sha256(json.dumps(balances).encode()).hexdigest()
    chains = {
        str(name): (int(str(sequence)), str(end))
        for name, sequence, end, _ in connection.execute(statement("chains")).fetchall()
    }
    return Facts(rows, len(balances), digest, chains)


def chains_verified(connection: Connection, keys: Mapping[str, bytes]) -> dict[str, Verified]:
    """Every organisation's chain, proved event by event against its heads."""
    found = connection.execute(statement("chains")).fetchall()
    return {
        name: _verified(connection, Head(ChainId(name), sequence, bytes.fromhex(end), at), keys)
        for name, sequence, end, at in cast("list[tuple[str, int, str, datetime]]", found)
    }


def _verified(connection: Connection, end: Head, keys: Mapping[str, bytes]) -> Verified:
    signed = list(_heads(connection, end.chain))
    proved, unproved = proved_heads(signed, keys)
    said = HeadsSaid()
    tail = end if end.sequence else None
    findings: tuple[Finding, ...] = ()
    if not is_sound(said.watching(_events(connection, end.chain)), end.chain, proved, tail):
        said = HeadsSaid()
        findings = verify(said.watching(_events(connection, end.chain)), end.chain, proved, tail)
    return Verified(end.sequence, len(proved), findings, unproved, said.lost(signed))


def _heads(connection: Connection, name: str) -> Iterator[HeadSignature]:
    found = connection.execute(statement("heads"), {"organisation": UUID(name)}).fetchall()
    for sequence, digest, at, key, signature in cast(
        "list[tuple[int, bytes, datetime, str, bytes]]", found
    ):
        yield HeadSignature(Head(ChainId(name), sequence, digest, at), key, signature)


def _events(connection: Connection, name: str) -> Iterator[ChainedEvent]:
    with connection.transaction(), connection.cursor("events") as cursor:
        cursor.itersize = 2000
        cursor.execute(statement("events"), {"organisation": UUID(name)})
        for sequence, previous, body, digest in cursor:
            yield ChainedEvent(
                cast("int", sequence), cast("bytes", previous), cast("bytes", body),
                cast("bytes", digest),
            )  # fmt: skip
