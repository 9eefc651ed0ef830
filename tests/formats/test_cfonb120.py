"""Cfonb120: the conformance suite."""

from tieout.testing.formats import FormatConformance


class TestCfonb120(FormatConformance):
    format_name = "cfonb120"
