"""Settings as text: read, written again alike, compared; what is wrong is named by its place."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.access import Role
from tieout.core.errors import AccessDenied, InvalidInput
from tieout.core.settings import Settings, changes, require_approver, settings_from, settings_of
from tieout.core.toml import toml_of
from tieout.files.rules import load_rules

DOCUMENT = """schema = 1

[[bank_accounts]]
number = "NL55BANK0123456789"
currency = "EUR"
decimals = 2

[[reconciliations]]
name = "current"
bank_account = "NL55BANK0123456789 EUR"
account = "Assets:Bank"

[reconciliations.rules]
fee_shapes = [{fixed_minor = 25, name = "card", percent_bp = 150}]
lag_days_max = 4

[[schedules]]
task = "raise_alerts"
every = "manual"

[[schedules]]
task = "reconcile"
subject = "NL55BANK0123456789 EUR / Assets:Bank"
every = "daily"
cron = "30 6 * * *"
zone = "Europe/Amsterdam"

[[alert_rules]]
kind = "difference"
subject = "NL55BANK0123456789 EUR / Assets:Bank"
allowed = 500

[[alert_rules]]
kind = "overdue"
subject = "reconcile"
allowed = 600

[[channels]]
name = "owners"
kind = "members"
alerts = ["difference", "overdue"]
roles = ["owner"]
"""


def read(document: str) -> Settings:
    return settings_of(document, check_rules=load_rules)


@pytest.mark.req("R093")
def test_a_document_read_and_written_again_is_the_same_document() -> None:
    assert read(DOCUMENT).text == DOCUMENT


def test_order_defaults_and_repeated_words_make_no_difference() -> None:
    head, *tables = DOCUMENT.split("\n[[")
    turned = "\n[[".join([head, *reversed(tables)])
    wordy = turned.replace('["difference", "overdue"]', '["overdue", "difference", "overdue"]')
    assert read(wordy.replace('kind = "members"\n', 'kind = "members"\nbank_accounts = []\n')) == (
        read(DOCUMENT)
    )


def test_no_settings_are_a_document_too() -> None:
    assert settings_from({}).text == "schema = 1\n"
    assert read("schema = 1\n") == settings_from({})


@pytest.mark.req("R090", "R093")
def test_a_difference_says_what_is_added_changed_from_what_to_what_and_removed() -> None:
    other = DOCUMENT.replace("allowed = 600", "allowed = 900")
    other = other.replace('name = "owners"', 'name = "everybody"')
    assert [str(each) for each in changes(read(DOCUMENT), read(other))] == [
        "~ alert_rules overdue reconcile: allowed 600 → 900",
        (
            "+ channels everybody: name 'everybody', kind 'members', "
            "alerts ['difference', 'overdue'], bank_accounts [], roles ['owner']"
        ),
        (
            "- channels owners: name 'owners', kind 'members', "
            "alerts ['difference', 'overdue'], bank_accounts [], roles ['owner']"
        ),
    ]
    assert changes(read(DOCUMENT), read(DOCUMENT)) == ()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("schema = 1", "schema = 2", "(schema): found the schema 2, expected schema = 1"),
        ("schema = 1", "schema =", "expected TOML"),
        ("[[channels]]", "[channels]", "(channels): found {"),
        ("[[channels]]", "[[chanels]]", "(chanels): found a section that is not known"),
        ("allowed = 600", "allowed = -1", "(alert_rules 2, allowed): found -1"),
        ("allowed = 600", "allowed = true", "(alert_rules 2, allowed): found True"),
        ("allowed = 600", "allowed = 6.5", "a whole number from 0 to 9223372036854775807"),
        ("allowed = 600", f"allowed = {'9' * 5000}", "expected TOML"),
        ("allowed = 600", f"allowed = 0x{'9' * 5000}", "found a number of thousands of digits"),
        ("lag_days_max = 4", f"lag_days_max = {2**64}", "expected a table of plain values"),
        ("allowed = 600\n", "", "(alert_rules 2, allowed): found nothing"),
        ("allowed = 600", "alowed = 1\nallowed = 6", "(alert_rules 2, alowed): found a field"),
        ('roles = ["owner"]', 'roles = ["boss"]', "(channels 1, roles): found ['boss']"),
        ('roles = ["owner"]', "roles = []", "some for members, none for others"),
        ('roles = ["owner"]', "roles = [[1]]", "(channels 1, roles): found [[1]]"),
        ('name = "owners"', 'name = "a\\u0000b"', "(channels 1, name)"),
        ('name = "owners"', 'name = ""', "(channels 1, name): found '', expected a text"),
        ("lag_days_max = 4", "lag_days_max = 4.5", "rules, lag_days_max): found 4.5"),
        ("lag_days_max = 4", "lag_days_max = 2026-01-01", "expected a table of plain values"),
        ("lag_days_max = 4", "confirm_error_max = inf", "expected a table of plain values"),
        ("percent_bp = 150", 'percent_bp = "x"', "rules, fee_shapes): found percent_bp is 'x'"),
        ('cron = "30 6 * * *"', 'cron = "30 6 * * 1"', "cron): found '30 6 * * 1', expected '30 6"),
        ('cron = "30 6 * * *"', 'cron = "61 6 * * *"', "cron): found '61' as minute"),
        ('every = "manual"', 'every = "manual"\nsubject = "x"', "found 'x', expected none"),
        ('subject = "reconcile"', 'subject = "dance"', "subject): found 'dance', expected one of"),
        ('account = "Assets:Bank"', 'account = "Assets:Cash"', "2 places"),
        ('kind = "overdue"', 'kind = "job-failed"', "a kind that allows something"),
        ("decimals = 2", "decimals = 19", "bank_accounts 1, decimals: 19, expected a whole"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(was: str, now: str, said: str) -> None:
    assert was in DOCUMENT
    with pytest.raises(InvalidInput) as raised:
        read(DOCUMENT.replace(was, now, 1))
    assert raised.value.code == "settings.invalid"
    assert said in str(raised.value)


def test_an_entry_stands_once_and_an_account_that_nothing_names_is_none_of_the_settings() -> None:
    twice = DOCUMENT + '\n[[channels]]\nname = "owners"\nkind = "members"\nroles = ["auditor"]\n'
    with pytest.raises(InvalidInput, match=r"channels 2.*owners a second time"):
        read(twice)
    alone = 'schema = 1\n[[bank_accounts]]\nnumber = "1"\ncurrency = "EUR"\ndecimals = 2\n'
    with pytest.raises(InvalidInput, match="an account that no setting names"):
        read(alone)


def test_nobody_approves_what_they_propose() -> None:
    require_approver(1, 2)
    with pytest.raises(AccessDenied) as raised:
        require_approver(1, 1)
    assert raised.value.code == "settings.four-eyes"


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
plain = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
)


@settings(max_examples=40)
@given(words, st.dictionaries(words, plain), words)
def test_whatever_is_written_is_read_again(name: str, table: dict[str, object], text: str) -> None:
    inner = {"said": text, "rules": table}
    assert tomllib.loads(toml_of({"schema": 1, name: [inner]}))[name] == [inner]


@settings(max_examples=40)
@given(st.lists(words, min_size=1, unique=True), st.sets(st.sampled_from(list(Role)), min_size=1))
def test_settings_of_any_names_survive_as_text(names: list[str], roles: set[Role]) -> None:
    made = settings_from(
        {
            "channels": [
                {
                    "name": name, "kind": "members", "alerts": [], "bank_accounts": [],
                    "roles": sorted(map(str, roles)),
                }
                for name in names
            ]
        }
    )  # fmt: skip
    assert read(made.text) == made
