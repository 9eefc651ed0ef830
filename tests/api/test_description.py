"""What the description promises is what the API does: requests made from it, good and bad ones."""

import inspect
import pkgutil
from datetime import date
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from hypothesis import Phase, assume, given
from hypothesis import settings as how
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.api.programs import program
from tests.store.firms import organisation
from tieout.api import routes
from tieout.api.words import In

TOO_LARGE = 413
pytestmark = pytest.mark.usefixtures("store", "clock")


def faults(examples: int) -> dict[str, str]:
    """By operation, the answers that are not what the description says."""
    token = program(organisation("Described")).token
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    found = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode in GenerationMode:
            try:
                asked(operation, mode, token, examples)
            except FailureGroup as group:  # told below, with those of all others
                found[f"{mode.value} {operation.label}"] = str(group.exceptions)
    return found


def asked(operation: Any, mode: GenerationMode, token: str, examples: int) -> None:  # noqa: ANN401  the library's own
    """Requests that keep to the description, or do not: the same ones each time.

    A well-formed request may be refused for what it asks (422, with a code): that is no fault.
    """

    @how(max_examples=examples, deadline=None, phases=[Phase.generate], derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401  as above
        assume([] not in (case.query or {}).values())  # an empty list is never sent: no fault in it
        headers = {"Authorization": f"Bearer {token}"}
        answer = case.call(headers=headers)
        excluded = [positive_data_acceptance]
        if answer.status_code == TOO_LARGE:  # a refusal that the library does not count as one
            excluded.append(negative_data_rejection)
        case.validate_response(answer, excluded_checks=excluded, headers=headers)

    ask()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_RATE", 1_000_000)


@pytest.mark.req("R184")
@pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_every_operation_answers_as_described(examples: int) -> None:
    assert faults(examples) == {}


def _takes_bare_days(said: Any) -> bool:  # noqa: ANN401  an annotation
    """Whether a day in it would be read from a number of seconds too, as the library does."""
    if get_origin(said) is Annotated:
        return False
    return said is date or any(map(_takes_bare_days, get_args(said)))


@pytest.mark.req("R184")
def test_a_day_is_never_read_from_a_number() -> None:
    asked: list[Any] = []
    for found in pkgutil.iter_modules(routes.__path__):
        module = import_module(f"{routes.__name__}.{found.name}")
        asked += [
            each
            for each in vars(module).values()
            if inspect.isfunction(each) and "request" in inspect.signature(each).parameters
        ]
    asked += In.__subclasses__()
    bare = {
        f"{each.__module__}.{each.__name__}: {name}"
        for each in asked
        for name, said in get_type_hints(each, include_extras=True).items()
        if name != "return" and _takes_bare_days(said)
    }
    assert len(asked) > 100
    assert bare == set()
