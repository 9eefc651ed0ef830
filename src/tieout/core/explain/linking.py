"""Which postings belong to which entries: by id, by batch, by reference; never by amount alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tieout.core.explain.books import (
    EntryKind,
    LedgerEntry,
    NominalPosting,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.cases import case_named, is_correcting
from tieout.core.explain.groups import Scene

WINDOW_DAYS = 31
"""How far apart two dates may be where reference and amount already agree."""

SUSPENSE_WORDS = "transfer from suspense "
CORRECTION_WORDS = "correction of "
OPENING_WORDS = "opening balance"


Bundle = tuple[str, str, str]
"""Lines of one journal with one reference in one currency."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What must agree, beside reference and currency, for an entry and a journal to belong."""

    amount: bool
    date: bool


PASSES = (
    Likeness(amount=True, date=True),
    Likeness(amount=True, date=False),
    Likeness(amount=False, date=True),
)
"""In this order: the last finds a posting with a wrong amount, if its own module made it."""


@dataclass
class Linked:
    """The postings of a ledger, sorted by what they belong to."""

    control: dict[str, list[NominalPosting]] = field(default_factory=lambda: defaultdict(list))
    """By entry id or batch id: its control lines, of every status and on every account."""
    other_half: set[str] = field(default_factory=set)
    """Ids of entries and batches whose other side was posted."""
    coded: list[NominalPosting] = field(default_factory=list)
    """Other sides of an entry that stand on a counted account."""
    transfers: list[NominalPosting] = field(default_factory=list)
    """Other sides of a transfer between bank accounts whose own entry there is not."""
    strangers: list[NominalPosting] = field(default_factory=list)
    """On a counted account, naming an entry that this ledger does not have."""
    corrections: dict[str, list[NominalPosting]] = field(default_factory=lambda: defaultdict(list))
    """By entry id: lines of keyed journals that name it and put it right."""
    opening: list[NominalPosting] = field(default_factory=list)
    """Lines of opening balance journals on a counted account."""
    loose: list[NominalPosting] = field(default_factory=list)
    """On a counted account and named by nothing."""
    naming: list[NominalPosting] = field(default_factory=list)
    """On a counted account, of keyed journals that name the case they put right."""
    broken: list[NominalPosting] = field(default_factory=list)
    """On a counted account with an id that another posting has."""


def sort_postings(scene: Scene) -> Linked:
    """Sort every posting that can matter to the ledger; the rest stays out."""
    made = Linked()
    own = {entry.entry_id: entry for entry in scene.books.entries if entry.ledger is scene.ledger}
    batches = {entry.batch_id for entry in own.values() if entry.batch_id}
    loose: list[NominalPosting] = []
    for posting in scene.books.postings:
        is_counted = posting.key in scene.counted
        if posting.is_repeated or is_correcting(posting):
            if is_counted:
                (made.broken if posting.is_repeated else made.naming).append(posting)
        elif posting.source_id in own or (posting.source_id and posting.source_id in batches):
            _by_id(made, posting, is_counted=is_counted)
        elif posting.source_id:
            if is_counted:
                made.strangers.append(posting)
        elif is_counted or (posting.line_no and posting.module == scene.ledger.module):
            loose.append(posting)
    _transfers(scene, made, own)
    loose = _corrections(scene, made, own.values(), loose)
    loose = _by_reference(scene, made, own.values(), loose)
    for posting in loose:
        if posting.key not in scene.counted:
            continue
        is_opening = posting.narrative.casefold().startswith(OPENING_WORDS)
        (made.opening if is_opening else made.loose).append(posting)
    return made


def _by_id(made: Linked, posting: NominalPosting, *, is_counted: bool) -> None:
    if posting.line_no:
        made.control[posting.source_id].append(posting)
    elif is_counted and posting.module == "NL":
        made.corrections[posting.source_id].append(posting)
    elif is_counted:
        made.coded.append(posting)
    else:
        made.other_half.add(posting.source_id)


def _transfers(scene: Scene, made: Linked, own: dict[str, LedgerEntry]) -> None:
    """Of a cash book, give the other side of a transfer to the other account's entry.

    One journal posts both sides and names the entry that it was made from; the other entry says
    so in its related id.
    """
    if scene.ledger is not SubLedger.BANK:
        return
    others = {
        (entry.related_id, entry.key): entry
        for entry in own.values()
        if entry.kind is EntryKind.TRANSFER and entry.related_id
    }
    coded, made.coded = made.coded, []
    for line in coded:
        entry = others.get((line.source_id, line.key))
        if own.get(line.source_id) is None or own[line.source_id].kind is not EntryKind.TRANSFER:
            made.coded.append(line)
        elif entry is not None and entry.entry_id not in made.control:
            made.control[entry.entry_id].append(line)
        else:
            made.transfers.append(line)


def _corrections(
    scene: Scene,
    made: Linked,
    own: Iterable[LedgerEntry],
    loose: list[NominalPosting],
) -> list[NominalPosting]:
    """Take out the lines of journals that say which entry they correct."""
    named = {posting.posting_id: reference_corrected(posting) for posting in loose}
    if not any(named.values()):
        return loose
    by_reference: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in own:
        by_reference[entry.reference].append(entry)
    accounts: dict[str, set[object]] = defaultdict(set)
    journals = {posting.journal_id for posting in loose if named[posting.posting_id]}
    for posting in scene.books.postings:
        if posting.journal_id in journals:
            accounts[posting.journal_id].add(posting.key)
    left: list[NominalPosting] = []
    for posting in loose:
        candidates = by_reference.get(named[posting.posting_id], [])
        touched = [
            entry
            for entry in candidates
            if any(
                line.key in accounts[posting.journal_id]
                for line in made.control.get(_home(entry), ())
            )
        ]
        chosen = sorted(
            touched or candidates,
            key=lambda entry: (
                abs(entry.base_minor) != posting.base_minor,
                entry.dated_on > posting.dated_on,
                entry.entry_id,
            ),
        )
        if named[posting.posting_id] and chosen and posting.key in scene.counted:
            made.corrections[chosen[0].entry_id].append(posting)
        else:
            left.append(posting)
    return left


def _home(entry: LedgerEntry) -> str:
    """Under which id its control lines are kept."""
    return entry.batch_id or entry.entry_id


def reference_corrected(posting: NominalPosting) -> str:
    """The reference of the entry that a keyed journal says it corrects; blank for all others."""
    words = posting.narrative.casefold()
    for opening in (SUSPENSE_WORDS, CORRECTION_WORDS):
        if words.startswith(opening):
            return posting.narrative[len(opening) :].strip()
    return ""


def _by_reference(
    scene: Scene,
    made: Linked,
    own: Iterable[LedgerEntry],
    loose: list[NominalPosting],
) -> list[NominalPosting]:
    """Link journals that name no entry by what they say of one: three passes, each only 1 to 1."""
    bundles: dict[Bundle, list[NominalPosting]] = defaultdict(list)
    left: list[NominalPosting] = []
    for posting in loose:
        if (
            posting.module == "BF"
            or not posting.reference
            or posting.narrative.casefold().startswith(OPENING_WORDS)
        ):
            left.append(posting)
        else:
            name = posting.journal_id, posting.reference, posting.currency
            bundles[name].append(posting)
    waiting = {
        entry.entry_id: entry
        for entry in own
        if entry.entry_id not in made.control
        and (not entry.batch_id or entry.batch_id not in made.control)
        and entry.kind is not EntryKind.OPENING_BALANCE
        and not entry.is_repeated
        and not case_named(entry.reference)
    }
    for likeness in PASSES:
        for entry_id, name in _pairs(scene, waiting, bundles, likeness):
            made.control[entry_id].extend(bundles.pop(name))
            del waiting[entry_id]
    return [*left, *(posting for lines in bundles.values() for posting in lines)]


def _pairs(
    scene: Scene,
    waiting: dict[str, LedgerEntry],
    bundles: dict[Bundle, list[NominalPosting]],
    likeness: Likeness,
) -> list[tuple[str, Bundle]]:
    """The entries and bundles that are the only ones alike."""
    entries: dict[object, list[str]] = defaultdict(list)
    for entry_id, entry in waiting.items():
        amount = (entry.doc_minor, entry.base_minor) if likeness.amount else None
        dated = entry.dated_on if likeness.date else None
        entries[entry.reference, entry.currency, amount, dated].append(entry_id)
    journals: dict[object, list[Bundle]] = defaultdict(list)
    for name, lines in bundles.items():
        amount = None
        if likeness.amount:
            amount = (
                sum(line.natural_doc(scene.ledger) for line in lines),
                sum(line.natural(scene.ledger) for line in lines),
            )
        elif not _is_own_module(scene, lines):
            continue
        dated = lines[0].dated_on if likeness.date else None
        journals[lines[0].reference, lines[0].currency, amount, dated].append(name)
    return [
        (ids[0], names[0])
        for alike, ids in entries.items()
        if len(ids) == 1
        and len(names := journals.get(alike, [])) == 1
        and abs((waiting[ids[0]].dated_on - bundles[names[0]][0].dated_on).days) <= WINDOW_DAYS
    ]


def _is_own_module(scene: Scene, lines: list[NominalPosting]) -> bool:
    return all(
        line.module == scene.ledger.module and line.status is PostingStatus.POSTED for line in lines
    )
