"""Errors as part of the product: what was found, what was expected, where, what to do next.

Two shapes share one catalogue of stable codes. A `Problem` is a value: one record, field or
statement is doubtful or unreadable and the rest goes on. A `TieoutError` is raised when
nothing can go on; its subclass says what the caller can do.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem costs."""

    NOTE = "note"
    """Something was guessed or repaired; nothing is missing."""
    DOUBT = "doubt"
    """The record or statement was read, but something about it cannot be trusted."""
    HELD = "held"
    """The record could not be read and is held back with its raw text; the others go on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: each part is None when it does not apply. Counted from 1."""

    line: int | None = None
    record: int | None = None
    field: str | None = None
    file: str | None = None
    """Set where more than one file is read as one."""

    def __str__(self) -> str:
        parts = [
            self.file or "",
            f"line {self.line}" if self.line is not None else "",
            f"record {self.record}" if self.record is not None else "",
            f"field {self.field}" if self.field else "",
        ]
        return ", ".join(part for part in parts if part)


NOWHERE = Place()
"""The whole file."""


@dataclass(frozen=True, slots=True)
class Code:
    """An entry of the catalogue: a stable name, its title, and the next step for a person."""

    name: str
    severity: Severity
    title: str
    next_step: str


def _catalogue(*codes: Code) -> dict[str, Code]:
    return {code.name: code for code in codes}


N, D, H = Severity.NOTE, Severity.DOUBT, Severity.HELD
CODES: dict[str, Code] = _catalogue(
    # The file as a whole: raised, nothing can be read.
    Code("file.not-found", H, "There is no such file", "Check the path; it is taken relative to the folder you are in."),
    Code("file.not-readable", H, "The file cannot be opened", "Check that it is a plain file and that you may read it."),
    Code("file.empty", H, "The file is empty", "Download it again; the transfer was probably cut off."),
    Code("file.binary", H, "The file is not of a kind that Tieout reads", "Export the data as CSV, OFX, camt.053, MT940 or a workbook."),
    Code("file.unknown-format", H, "No reader recognises the file", "Name the format with --format, or export the data in another one."),
    Code("file.too-large", H, "The file is larger than this format allows", "Ask the source for a shorter span of dates, or for CSV, which is read as a stream."),
    Code("file.bomb", H, "The archive unpacks to far more than a ledger could hold", "Ask the sender for the plain file; do not open this one."),
    Code("file.truncated", D, "The file ends in the middle of a record", "Download it again; what was complete has been read."),
    Code("file.encoding", N, "The text is not in the character set it claims", "Look over names with accents; amounts and dates are not affected."),
    Code("file.damaged", H, "The structure of the file is damaged", "Download it again, or ask the source for a fresh export."),
    Code("file.no-records", N, "The file holds no records", "If you expected some, check the span of dates of the export."),
    Code("xml.entities", H, "The XML declares entities of its own", "Bank and ledger files never need them; ask where this file comes from."),
    Code("xml.malformed", H, "The XML is not well formed", "Download it again; an editor or a mail system may have altered it."),
    Code("xml.mended", N, "The XML was repaired before it could be read", "Nothing to do, unless texts with & or accents look odd."),
    # Tables: delimited text and sheets.
    Code("table.too-many-columns", H, "The table has more columns than a ledger export has", "Check the delimiter, or export fewer columns."),
    Code("table.column-missing", H, "A column that is needed was not found", "Name it with a mapping: --map-left FILE or --map-right FILE."),
    Code("table.id-repeated", H, "Two rows of a table have the same record_id", "Give each row an id of its own; what a bank calls its ids belongs into external_id."),
    Code("table.guess", N, "Delimiter, columns or signs were guessed", "Check the mapping shown; save it corrected as a profile."),
    Code("table.guess-ambiguous", D, "More than one way to read the table fits", "Say which one with a mapping; the one used is shown."),
    Code("table.row-width", D, "A row has more or fewer cells than the header", "Look at the row; a delimiter inside a text may not be quoted."),
    # One record.
    Code("record.unreadable", H, "A record could not be understood", "Look at the raw text shown; correct it at the source or key it by hand."),
    Code("record.date-missing", D, "A record has no date", "Match it by hand or add the date; it is counted but not matched by date."),
    Code("record.date-invalid", D, "A date does not exist or cannot be read", "Correct it at the source; the record is counted but not matched by date."),
    Code("record.date-doubtful", D, "A date is far from all others or can be read two ways", "Check it against the paper statement."),
    Code("record.amount-missing", H, "A record has no amount", "Look at the raw text shown; the record is held back."),
    Code("record.amount-invalid", H, "An amount is not a number", "Correct it at the source; the record is held back."),
    Code("record.amount-too-large", H, "An amount is larger than any bank holds", "Check for a missing decimal mark; the record is held back."),
    Code("record.amount-noise", N, "An amount carries the noise of binary arithmetic", "The amount that was meant is used; look at the cell if in doubt."),
    Code("record.amount-finer", N, "An amount has more decimals than its currency", "Nothing was rounded; check that the currency is right."),
    Code("record.currency-unknown", D, "A currency code is not in ISO 4217", "Check the code; amounts are kept with the decimals shown in the file."),
    Code("record.currency-differs", D, "A record is in another currency than its account", "Check the account; amounts of different currencies are never added."),
    Code("record.direction-unknown", H, "It is not said whether money came in or went out", "Look at the raw text shown; the record is held back."),
    Code("record.direction-unstated", D, "Amounts are written without saying which way the money goes", "Check purchases and sales against the paper statement; the amounts are as written."),
    Code("record.id-missing", N, "The bank gave a record no id", "Nothing to do; the record is known by its place in the file."),
    Code("record.id-repeated", D, "Two different records carry the same bank id", "Both are kept; the id is not used as evidence."),
    Code("record.repeated", D, "Two records are alike in everything", "Both are kept; check whether the source exported one of them twice."),
    Code("record.field-invalid", D, "A field does not have the form its standard gives it", "The record is kept; look at the raw text if the field matters."),
    Code("record.extra", N, "A part of the file is not a booked record and was set aside", "Nothing to do; it is listed so that nothing is passed over in silence."),
    # A statement, and statements among one another.
    Code("statement.does-not-tie", D, "Opening balance plus lines is not the closing balance", "Compare with the paper statement: a line may be missing or doubled."),
    Code("statement.balance-missing", N, "The statement gives no balances to prove its lines by", "Compare the sum with the bank's own site."),
    Code("statement.balance-invalid", D, "A balance cannot be read", "Compare the statement with the bank's own site."),
    Code("statement.balance-break", D, "The running balance moves by something else than the amounts", "A line may be missing, doubled or out of order between the lines named."),
    Code("statement.count-differs", D, "The number of records is not the number the file states", "Download the file again; a record may be missing."),
    Code("statement.total-differs", D, "The total is not the total the file states", "Download the file again; a record may be missing or altered."),
    Code("statement.refused", D, "The bank answered with an error instead of a statement", "Sign in at the bank and download again; its own message is shown."),
    Code("statement.gap", D, "Between two statements of an account something is missing", "Ask for the statement of the days named."),
    Code("statement.overlap", D, "Two statements of an account cover the same days", "Nothing to do: repeated lines are recognised and counted once."),
    Code("statement.reworded", D, "Lines of two files agree by day and amount, not in their words", "They are counted once; if they are different bookings, match the two files apart."),
    Code("statement.account-missing", N, "The file does not say which account it is of", "Name the account when you import it."),
    # Books.
    Code("entry.unbalanced", D, "A journal entry's postings do not add up to zero", "Correct the entry in the books."),
    Code("entry.inferred", N, "A posting's amount was left out and has been worked out", "Nothing to do."),
    Code("entry.rounding", N, "Entries balance only within the rounding that their own program allows", "Nothing to do; what is left over stands in each entry's attributes."),
    Code("entry.currency-guessed", N, "A currency symbol was taken for a currency code", "Check that the symbol means that currency in these books."),
    Code("entry.not-supported", D, "A directive or expression is not one that Tieout computes", "Export the ledger with plain amounts, or check the entry by hand."),
    Code("entry.changed", D, "An entry recorded earlier says something else in a later export", "What was recorded stays; correct it by an entry that reverses it, in the books or here."),
    Code("entry.gone", D, "Entries recorded earlier are missing from a later export of the same days", "Check whether they were deleted or altered in the books; what was recorded stays."),
    # A folder of sub-ledgers and a nominal ledger.
    Code("books.file-missing", H, "A file that is needed is not in the folder", "Export it; for tables of another system see tieout explain FOLDER --guess, and docs/formats/books.md."),
    Code("books.column-missing", H, "A column that is needed is not in the file", "Export it; for tables of another system see tieout explain FOLDER --guess, and docs/formats/books.md."),
    Code("books.settings-invalid", H, "The settings of the books cannot be read", "Compare settings.json with the example in docs/formats/books.md."),
    Code("books.account-unknown", D, "An account is not in the chart of accounts", "Add it to accounts.csv; its balance is counted where the settings name it."),
    Code("books.rate-missing", D, "An amount in another currency has no rate", "Add the rate; the base amount is taken as it stands."),
    Code("books.period-overlap", H, "Two periods hold the same days", "Correct the calendar; a day belongs to one period."),
    Code("books.period-hole", D, "Days between two periods belong to none", "Correct the calendar; what is dated there is counted in the next period."),
    Code("books.period-unknown", D, "A posting is in a period that the calendar does not have", "Add the period to periods.csv; until then the posting is counted there."),
    Code("books.value-unknown", D, "A word is not one of those that the layout knows", "Correct it, or translate it in a mapping."),
    Code("explain.posting-file-invalid", H, "The posting file cannot be read", "Write it again with --corrections; docs/guides/explaining.md says what it holds."),
    Code("explain.identity-broken", H, "The causes do not add up to the difference and are not shown", "This is a fault of Tieout: please report it with the books or their masked form."),
    # Ledgers of connected systems.
    Code("connector.not-reached", H, "The system does not answer", "Check the address and whether the system is up, then run the same command again."),
    Code("connector.sign-in-refused", H, "The system does not let this user in", "Check TIEOUT_SAP_USER and TIEOUT_SAP_PASSWORD, and that the user may call the service named."),
    Code("connector.answer-invalid", H, "The system's answer is not what the service publishes", "Check that the address is of the system itself and the service is released there; please report it if it is."),
    Code("connector.changed", H, "The ledger changed while it was read", "Fetch it again when nobody posts; nothing was written."),
    Code("connector.calendar-unknown", H, "The days of the fiscal periods are not known", "Name the first day of the fiscal year with --year-begins, or its periods with --calendar FILE."),
    Code("connector.company-unknown", H, "The system has no such company", "Name a company code that the user may read with --company."),
    Code("connector.folder-not-fetched", H, "The folder does not say which system it is from", "Fetch it with `tieout fetch sap --to FOLDER`, and draft the corrections on that."),
    # Corrections for a ledger: refused before anything is sent.
    Code("posting.reconciliation-account", H, "A reconciliation account takes no direct posting", "Name its adjustment account with --adjustment ACCOUNT=ACCOUNT when fetching, or post through its customer or supplier with --party CASE=PARTY."),
    Code("posting.party-unknown", H, "The party is not in this company", "Name a customer or supplier that the company has."),
    Code("posting.party-not-of-account", H, "The party does not post to this reconciliation account", "Name a party whose reconciliation account it is."),
    Code("posting.account-unknown", H, "The account is not in the chart of accounts", "Name an account that the company has, or open it there."),
    Code("posting.period-closed", H, "The period is closed in the ledger", "Have it opened there, or draft the corrections again with --into next-open."),
    Code("posting.unbalanced", H, "The document does not balance", "Draft it again; a document whose debits are not its credits is never sent."),
    Code("posting.currencies-mixed", H, "The document has lines in several currencies", "Post it by hand in the ledger, one document a currency."),
    Code("posting.field-missing", H, "A document lacks what the ledger needs", "Draft the corrections again; company, currency and lines are always there."),
    Code("posting.field-too-long", H, "A field is longer than the ledger takes", "Choose another way for this case, or post it by hand."),
    # Matching.
    Code("match.no-account", H, "It is not clear which account of the books to compare", "Name it with --account-left or --account-right."),
    Code("match.no-currency", D, "Records carry no currency", "Name it with --currency; if the other side has only one, that is taken."),
    Code("match.rules-invalid", H, "The rules file is not understood", "Compare it with the example in the guide; the place is shown."),
    Code("match.mapping-invalid", H, "The mapping file is not understood", "Compare it with the example in the guide; the place is shown."),
    Code("match.identity-broken", H, "The result does not add up and is not shown", "This is a fault of Tieout: please report it with the two files or their masked form."),
    # The server: who may, what is there, what stands against it.
    Code("access.denied", H, "This is not allowed", "Ask an owner or administrator of the organisation."),
    Code("access.four-eyes", H, "Preparer and reviewer are the same person", "Ask a colleague to review; nobody reviews their own work."),
    Code("store.no-server", H, "The database cannot be used", "Set DATABASE_URL to a PostgreSQL of your own, or look at what the server said."),
    Code("store.busy", H, "The database could not finish this just now", "Ask again in a moment: nothing of it was recorded."),
    Code("store.unsafe-role", H, "The database role would see every organisation's rows", "Connect as a role that is no superuser, does not bypass row security and owns no table."),
    Code("access.member-invalid", H, "An organisation or member cannot be made of this", "Correct the name or the e-mail address."),
    Code("access.scope", H, "The token was not made for this", "Make a token with that scope, or use another one."),
    Code("access.secret-refused", H, "The link or token is not valid", "Ask for a new one: it may be used up, withdrawn, revoked or too old."),
    Code("access.token-invalid", H, "A token cannot be made of this", "Name it, choose scopes of its member's role, and an end within a year."),
    Code("access.token-for-another", H, "Nobody makes a token that decides or signs as somebody else", "Let the member make it under Your tokens; for a program of its own, add a member with the role integration."),
    Code("access.password-weak", H, "The password is too easy to guess", "Take four unrelated words, or let a password manager make one."),
    Code("access.person-exists", H, "Somebody signs in with this address already", "Let them sign in, or take another address."),
    Code("access.sign-in-first", H, "This invitation is for somebody who can sign in already", "Sign in with the address invited, then open the link again."),
    Code("access.member-exists", H, "There is a member with this e-mail address", "Change the role of that member instead."),
    Code("store.not-found", H, "There is no such record in this organisation", "Check the id; what another organisation has cannot be named here."),
    Code("store.ambiguous", H, "More than one fits", "Name the one you mean by its id."),
    Code("store.differs", H, "What was kept is not what was received", "Verify the audit chain and restore the file from a backup; nothing was read from it."),
    Code("decision.conflict", H, "Another decision stands against this one", "Look at the decision named; undo it first if it is wrong."),
    Code("decision.not-in-force", H, "This step does not follow from where things stand", "Load the page again: somebody may have been quicker."),
    Code("books.too-large-to-wait", H, "These books are too large to be read while somebody waits", "Have a worker do it: the pages of reports and corrections ask one, and so does `POST /books/ID/tries`; comparisons of such books are for `tieout ledger-report` on the same files."),
    Code("closing.unexplained", H, "More is unexplained than the policy allows", "Find causes for it, or have the policy changed with a reason."),
    Code("closing.evidence-missing", H, "A large item has no evidence", "Attach evidence to the item, then prepare the period."),
    Code("closing.sample-open", H, "The sample of the period is not wholly looked at", "Open the period's sample and look at the cases named, then approve."),
    Code("closing.second-approval", H, "One person would give both approvals", "Ask a third person who may review to certify it."),
    Code("snapshot.invalid", H, "These files are no snapshot of books", "Give the files of docs/formats/books.md, one by one or in one zip."),
    Code("sign-off.stale", H, "The figures have changed since the run that would be signed", "Run the reconciliation again, look at what changed, and sign that run."),
    Code("decision.stale", H, "What was to be decided is not what was shown", "Load the page again and look at count and total before you decide."),
    Code("comment.invalid", H, "A comment or piece of evidence cannot be kept like this", "Write a text, and name what it is about as `match_group:12`."),
    Code("access.last-owner", H, "An organisation needs an owner", "Make somebody else an owner first."),
    Code("page.invalid", H, "A list cannot be shown from there", "Start again from its first page."),
    # Proof and keeping.
    Code("audit.not-export", H, "This is neither an exported audit chain nor an evidence pack", "Name a file that `tieout audit export` or `tieout audit pack` wrote."),
    Code("audit.no-key", H, "The key that signs heads cannot be used", "Look at the file or variable named; `tieout audit key` shows the keys there are."),
    Code("backup.not-usable", H, "This backup cannot be used", "Take another backup; this one is not whole or not of this program."),
    Code("restore.not-empty", H, "There is something already where it would be restored", "Name another TIEOUT_HOME, or keep the old one aside with --replace."),
    # A program's request.
    Code("request.malformed", H, "The request cannot be read", "Send UTF-8 JSON as the operation's description shows it, or a file where one is asked for."),
    Code("request.invalid", H, "A part of the request is not as the operation describes it", "Correct the part named; GET /api/v1/openapi.json describes each."),
    Code("request.no-token", H, "The request carries no token", "Send the header Authorization: Bearer tieout_… with a token of your organisation."),
    Code("request.no-operation", H, "Nothing answers to this method and address", "Look the operation up at /api/v1/docs."),
    Code("request.too-many", H, "The token has made too many calls", "Wait for the seconds that Retry-After names, then go on more slowly."),
    Code("request.key-used", H, "The idempotency key belongs to another request", "Take a new key for a new request; send the same body to repeat the earlier one."),
    Code("request.in-progress", H, "The same request is being worked on", "Wait for its answer, or repeat it with the same key in a moment."),
    # A page in a browser.
    Code("page.unknown", H, "There is no such page, or it is not yours to see", "Check the address, or start from the first page."),
    Code("page.form-refused", H, "The form is too old, or was not sent from a page of yours", "Go back, load the page again, and send the form once more."),
    Code("page.request-unreadable", H, "The request is none that a page sends", "Go back, load the page again, and do the same once more."),
    # Jobs, schedules, alerts, and the server's own life.
    Code("job.given-up", H, "A run did not end in as many attempts as it has", "Look at what it works on: reading it may be what stops the worker. Then ask for it again."),
    Code("job.not-possible", H, "Where the run stands, this cannot be done", "Load the page again: it may have ended meanwhile."),
    Code("import.not-as-tried", H, "The import would not do what the trial listed", "Something came in meanwhile: see again what it would change, then import."),
    Code("schedule.invalid", H, "A schedule cannot be made of this", "Correct the field named; `30 6 * * 1-5` is half past six on working days."),
    Code("alert.invalid", H, "An alert's rule or channel cannot be made of this", "Correct what is named."),
    # Settings as text, and their trial in a sandbox.
    Code("settings.invalid", H, "This is not a document of settings", "Correct the places named, then look at it with `tieout settings diff FILE`; nothing was changed."),
    Code("settings.no-reason", H, "A change of settings needs a reason", "Say in a sentence why; it is kept with the version."),
    Code("settings.four-eyes", H, "Author and approver are the same person", "Ask a colleague who may manage accounts to approve it."),
    Code("settings.stale", H, "The settings have changed since this was proposed", "Look at the difference again, and propose it anew."),
    Code("settings.ended", H, "The settings no longer hold this reconciliation", "Take it up again in the settings, then run it."),
    Code("sandbox.not-proved", H, "The sandbox has not proved these settings", "Run what is named in the sandbox, then promote again."),
    Code("serve.address-taken", H, "Another program answers at this address", "Stop it, or choose another port with --port."),
    Code("serve.not-answering", H, "The server did not begin to answer", "Look at what it said above; `tieout doctor` checks the rest."),
    Code("serve.home", H, "The home folder cannot be used", "Name a folder that you may write to with TIEOUT_HOME."),
    Code("output.not-writable", H, "The result cannot be written there", "Name a folder you may write to with --out."),
    Code("command.invalid", H, "The command line is not understood", "Run it with --help for the options."),
    Code("internal.fault", H, "Tieout itself failed", "Please report it; run again with --debug to see the details."),
)  # fmt: skip
del N, D, H


@dataclass(frozen=True, slots=True)
class Problem:
    """Something found while reading or matching that a person should know.

    `found` and `expected` are short phrases with the values in them; `code` is in `CODES`.
    """

    code: str
    found: str
    expected: str = ""
    place: Place = NOWHERE

    def __post_init__(self) -> None:
        """Refuse a code that the catalogue and so the documentation does not know."""
        if self.code not in CODES:
            raise ValueError(f"the code {self.code!r} is not in the catalogue of core/errors.py")

    @property
    def severity(self) -> Severity:
        """How much it costs; a property of the code."""
        return CODES[self.code].severity

    @property
    def next_step(self) -> str:
        """What a person can do about it."""
        return CODES[self.code].next_step

    def __str__(self) -> str:
        return describe(self.code, self.found, self.expected, str(self.place))


def describe(code: str, found: str, expected: str, where: str) -> str:
    """One sentence for a person, the same from every door."""
    sentence = f"{CODES[code].title}"
    if where:
        sentence += f" ({where})"
    sentence += f": found {found}" if found else ""
    sentence += f", expected {expected}" if expected else ""
    return f"{sentence}. [{code}]"


class TieoutError(Exception):
    """Nothing can go on. `code`, `found`, `expected`, `where` and `next_step` say why."""

    def __init__(self, code: str, found: str = "", expected: str = "", where: str = "") -> None:
        self.code = CODES[code].name
        self.found = found
        self.expected = expected
        self.where = where
        super().__init__(describe(code, found, expected, where))

    @property
    def next_step(self) -> str:
        """What a person can do about it."""
        return CODES[self.code].next_step


class InvalidInput(TieoutError):  # noqa: N818  sorted by what the caller can do, not named after it
    """What was given cannot be used: correct it and call again."""


class AccessDenied(TieoutError):  # noqa: N818
    """The actor may not do this: ask somebody who may."""


class Conflict(TieoutError):  # noqa: N818
    """Something that is already there stands against it: look again, then decide."""


class NotFound(TieoutError):  # noqa: N818
    """What was asked for is not there."""


class TryAgain(TieoutError):  # noqa: N818
    """Nothing is wrong but the moment: the same call may do later."""


class Corruption(TieoutError):  # noqa: N818
    """An invariant of Tieout's own does not hold: the result is withheld."""
