"""`export_evidence_pack`: reconciliations, sign-offs, evidence and the audit chain as one ZIP."""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import IO

from django.db import connection, transaction
from django.db.models import Q

import tieout
from tieout.core.access import Action, Actor, require
from tieout.core.audit import GENESIS, ChainId, parsed
from tieout.core.audit_file import End, written
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.evidence_pack import CHAIN, Manifest, Source
from tieout.files.evidence_pack import PackWriter
from tieout.signatures.pack import signature_of
from tieout.store.audit.chain import heads, whole
from tieout.store.audit.models import Event
from tieout.store.banking.models import BankAccount, ReceivedFile
from tieout.store.banking.parts import parts_of
from tieout.store.closing.models import Books, CauseItem
from tieout.store.reconciliation.models import Evidence
from tieout.store.tenancy.models import Member, Organisation
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.comment import subject_of
from tieout.workflows.evidence_bank import BankPart, write_bank
from tieout.workflows.evidence_books import ClosingPart, write_control_accounts

ROWS = 2000
BLOCK = 1 << 20
EVIDENCE_COLUMNS = (
    "evidence", "about", "file", "in the pack", "SHA-256", "bytes", "note", "attached by",
    "when (UTC)", "supersedes",
)  # fmt: skip
ACT_COLUMNS = (
    "event", "when (UTC)", "who", "from where", "act", "subject", "reason", "hash",
)  # fmt: skip
_ODD = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class PackScope:
    """Which days, and whose: everything unless one account or one set of books is named."""

    first_on: date
    last_on: date
    bank_account_id: int | None = None
    books_id: int | None = None

    def __str__(self) -> str:
        if self.bank_account_id is not None:
            return f"bank_account:{self.bank_account_id}"
        return "everything" if self.books_id is None else f"books:{self.books_id}"


@dataclass(frozen=True, slots=True)
class PackMade:
    """A pack as it was written."""

    name: str
    """For whoever keeps it as a file."""
    manifest_sha256: str
    file_count: int
    size: int
    """In bytes."""
    manifest: Manifest


def export_evidence_pack(  # noqa: PLR0913  what a pack is of, by name
    caller: Caller,
    *,
    scope: PackScope,
    keys: Mapping[str, bytes],
    key: bytes | None = None,
    reason: str = "",
    out: IO[bytes],
    now: datetime,
) -> PackMade:
    """Write the pack as of one instant; that it was made, and its manifest's hash, is an event.

    The event comes after the pack, which therefore does not have it.

    Args:
        caller: Who may view, and view the audit chain.
        scope: Which days, of which account or books.
        keys: Public keys that signed heads are proved by, by their ids.
        key: The private key that signs the manifest; none leaves it unsigned.
        reason: Why; it is kept in the chain.
        out: Where to; it must be able to seek.
        now: The instant.

    Raises:
        InvalidInput: `command.invalid` where the days are none, or both one account and books
            are named.
        NotFound: There is no such account or books.
    """
    _check(scope)
    sign = None if key is None else partial(signature_of, key)
    with PackWriter(out, now.astimezone(UTC)) as pack:
        with transaction.atomic():
            if not connection.savepoint_ids:  # else whoever began has chosen
                with connection.cursor() as cursor:
                    cursor.execute("set transaction isolation level repeatable read")
            with looking(caller, Action.VIEW_AUDIT) as actor:
                require(actor, Action.VIEW)
                manifest = _written(pack, caller, actor, scope, keys, reason, now)
        data = pack.finish(manifest, sign=sign)
    digest = hashlib.sha256(data).hexdigest()
    size = out.tell()
    with acting(caller, Action.VIEW_AUDIT, "export_evidence_pack", now) as act:
        act.record(
            f"organisation:{caller.organisation_id}",
            reason=reason,
            after={
                "first_on": scope.first_on,
                "last_on": scope.last_on,
                "scope": str(scope),
                "files": len(pack.files),
                "manifest": digest,
                "up_to_event": manifest.chain_sequence,
            },
        )
    name = f"evidence {manifest.organisation} {scope.first_on} to {scope.last_on}.zip"
    whole = replace(manifest, files=tuple(pack.files))
    return PackMade(name, digest, len(pack.files), size, whole)


def evidence_pack_file(  # noqa: PLR0913  as the verb has them
    caller: Caller,
    *,
    scope: PackScope,
    keys: Mapping[str, bytes],
    key: bytes | None = None,
    reason: str = "",
    now: datetime,
) -> tuple[PackMade, Iterator[bytes]]:
    """The pack, and its bytes in blocks from a file without a name, which ends with them."""
    with ExitStack() as kept:
        out = kept.enter_context(tempfile.TemporaryFile())
        made = export_evidence_pack(
            caller, scope=scope, keys=keys, key=key, reason=reason, out=out, now=now
        )
        out.seek(0)
        kept.pop_all()
        return made, _Blocks(out)


class _Blocks(Iterator[bytes]):
    """The bytes of a file, which is closed at its end, or by `close`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __next__(self) -> bytes:
        if block := b"" if self._file.closed else self._file.read(BLOCK):
            return block
        self.close()
        raise StopIteration

    def close(self) -> None:
        """The rest is not wanted."""
        self._file.close()


def _check(scope: PackScope) -> None:
    if scope.last_on < scope.first_on:
        found = f"{scope.first_on} to {scope.last_on}"
        raise InvalidInput("command.invalid", found, "a last day that is not before the first")
    if scope.bank_account_id is not None and scope.books_id is not None:
        raise InvalidInput("command.invalid", "a bank account and books", "one of them, or neither")


def _written(  # noqa: PLR0913, PLR0917  as the verb has them
    pack: PackWriter,
    caller: Caller,
    actor: Actor,
    scope: PackScope,
    keys: Mapping[str, bytes],
    reason: str,
    now: datetime,
) -> Manifest:
    """All files but index and manifest."""
    organisation = Organisation.objects.get(id=caller.organisation_id)
    _access(scope)
    first_on, last_on = scope.first_on, scope.last_on
    names = {each.pk: each.name or each.email for each in Member.objects.all()}
    bank, closing = BankPart((), (), ()), ClosingPart((), frozenset(), ())
    if scope.books_id is None:
        bank = write_bank(
            pack, first_on=first_on, last_on=last_on, bank_account_id=scope.bank_account_id
        )
    if scope.bank_account_id is None:
        closing = write_control_accounts(
            pack,
            caller,
            first_on=first_on,
            last_on=last_on,
            books_id=scope.books_id,
            names=names,
            now=now,
        )
    _write_evidence(pack, _about(bank, closing, first_on, last_on))
    end = _write_chain(pack, caller, keys, first_on, now)
    sources: tuple[Source, ...] = (*bank.sources, *closing.sources)
    return Manifest(
        organisation.name,
        str(caller.organisation_id),
        first_on,
        last_on,
        str(scope),
        now,
        str(actor),
        reason,
        f"tieout {tieout.__version__}",
        end.sequence,
        end.hash.hex(),
        sources,
        {each.path: each.row_count for each in pack.files if each.row_count is not None},
        tuple(pack.totals),
        (),
    )


def _access(scope: PackScope) -> None:
    """Raise unless what is named is the caller's."""
    account, books = scope.bank_account_id, scope.books_id
    if account is not None and not BankAccount.objects.filter(id=account).exists():
        raise NotFound("store.not-found", str(scope), "an account of yours")
    if books is not None and not Books.objects.filter(id=books).exists():
        raise NotFound("store.not-found", str(scope), "books of yours")


def _about(bank: BankPart, closing: ClosingPart, first_on: date, last_on: date) -> Q:
    """Which evidence: of what the pack is about, and of runs or books since the first day."""
    recs, days = bank.reconciliation_ids, (first_on, last_on)
    since = Q(attached_at__date__gte=first_on)
    found = Q(about_sign_off__reconciliation_id__in=recs, about_sign_off__cut_off_on__range=days)
    found |= Q(about_reconciliation_id__in=recs) & since
    found |= Q(about_match_group__run__reconciliation_id__in=recs) & since
    found |= Q(about_decision__reconciliation_id__in=recs) & since
    found |= Q(
        about_bank_line__account_id__in=bank.account_ids, about_bank_line__booked_on__range=days
    )
    found |= Q(about_books_id__in=closing.book_ids) & since
    cases: set[int] = set()
    for books_id, ledger, period in closing.periods:
        found |= Q(
            about_certification__books_id=books_id,
            about_certification__ledger=ledger,
            about_certification__period=period,
        )
        standing = CauseItem.objects.filter(
            Q(ends__gt=period) | Q(ends__isnull=True),
            run__books_id=books_id,
            ledger=ledger,
            begins__lte=period,
            case_id__in=Evidence.objects.filter(about_case__isnull=False).values("about_case_id"),
        )
        cases |= set(standing.values_list("case_id", flat=True))
    return found | Q(about_case_id__in=cases)


def _write_evidence(pack: PackWriter, about: Q) -> None:
    """The attached files byte for byte, each once, and which of them is about what."""
    found = list(
        Evidence.objects.filter(about).select_related("file", "attached_by").order_by("id")
    )
    paths: dict[int, str] = {}
    for each in found:
        if each.file_id not in paths:
            paths[each.file_id] = path = _path(each.file)
            pack.file(path, f"Evidence: {each.file.name}", parts_of(each.file))
    pack.table(
        "evidence/evidence.csv",
        "Evidence that people attached",
        EVIDENCE_COLUMNS,
        (
            (
                f"evidence:{each.pk}",
                str(subject_of(each)),
                each.file.name,
                paths[each.file_id],
                bytes(each.file.sha256).hex(),
                each.file.size,
                each.note,
                each.attached_by.name or each.attached_by.email,
                f"{each.attached_at:%Y-%m-%d %H:%M:%S}",
                f"evidence:{each.supersedes_id}" if each.supersedes_id else "",
            )
            for each in found
        ),
        is_shown=True,
    )


def _path(file: ReceivedFile) -> str:
    """A name that no archive takes for a folder, told apart by the file's number."""
    return f"evidence/{file.pk}-{_ODD.sub('_', file.name)[-80:].strip('._') or 'file'}"


def _write_chain(
    pack: PackWriter, caller: Caller, keys: Mapping[str, bytes], first_on: date, now: datetime
) -> End:
    """The whole chain, which alone can be proved; and the acts since the first day, to be read."""
    organisation_id = caller.organisation_id
    tail, events = whole(organisation_id)
    end = End(tail.sequence, tail.hash) if tail else End(0, GENESIS)
    lines = written(
        chain=ChainId(str(organisation_id)),
        exported_at=now,
        program=f"tieout {tieout.__version__}",
        keys=dict(keys),
        heads=[each.with_signature() for each in heads(organisation_id)],
        events=events,
        end=end,
    )
    pack.file(CHAIN, "The audit chain with its signed heads", lines)
    begins = datetime.combine(first_on, time(), UTC)
    acts = Event.objects.filter(at__gte=begins, sequence__lte=end.sequence).order_by("sequence")
    pack.table(
        "audit/acts.csv",
        "Acts since the first day",
        ACT_COLUMNS,
        _acts(acts.iterator(ROWS)),
    )
    return end


def _acts(events: Iterable[Event]) -> Iterator[tuple[object, ...]]:
    for each in events:
        try:
            said = parsed(bytes(each.body))
        except ValueError:  # somebody was at it: the verification names it
            said = {}
        yield (
            each.sequence,
            f"{each.at:%Y-%m-%d %H:%M:%S}",
            each.actor,
            said.get("origin", ""),
            each.verb,
            each.subject,
            said.get("reason", ""),
            bytes(each.hash).hex(),
        )
