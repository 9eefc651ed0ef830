"""Norma43: the conformance suite."""

from tieout.testing.formats import FormatConformance


class TestNorma43(FormatConformance):
    format_name = "norma43"
