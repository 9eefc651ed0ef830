"""Coda: the conformance suite."""

from tieout.testing.formats import FormatConformance


class TestCoda(FormatConformance):
    format_name = "coda"
