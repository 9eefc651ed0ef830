"""Every statement stays in the subset that goes to Spark unchanged."""

from importlib import resources

import pytest
import sqlglot
from sqlglot import exp

NAMES = sorted(
    each.name.removesuffix(".sql")
    for each in (resources.files("tieout.engine") / "sql").iterdir()
    if each.name.endswith(".sql")
)
FUNCTIONS = {"ABS", "COUNT", "GREATEST", "LENGTH", "LEVENSHTEIN", "MAX", "SUBSTRING", "SUM"}


def text_of(name: str) -> str:
    return (resources.files("tieout.engine") / "sql" / f"{name}.sql").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_it_opens_with_what_it_is_for(name: str) -> None:
    assert text_of(name).startswith("-- ")


@pytest.mark.parametrize("name", NAMES)
def test_it_is_one_statement_that_spark_reads_back_alike(name: str) -> None:
    spark = sqlglot.transpile(text_of(name), read="duckdb", write="spark")
    assert len(spark) == 1
    again = sqlglot.transpile(spark[0], read="spark", write="spark")
    assert again == spark


@pytest.mark.parametrize("name", NAMES)
def test_it_uses_only_functions_of_the_list(name: str) -> None:
    tree = sqlglot.parse_one(text_of(name), read="duckdb")
    operators = (exp.And, exp.Or, exp.Case, exp.If, exp.Exists)
    used = {
        each.sql_name() if not isinstance(each, exp.Anonymous) else each.name.upper()
        for each in tree.find_all(exp.Func)
        if not isinstance(each, operators)
    }
    assert used <= FUNCTIONS, used - FUNCTIONS
