"""Bai2: the conformance suite."""

from tieout.testing.formats import FormatConformance


class TestBai2(FormatConformance):
    format_name = "bai2"
