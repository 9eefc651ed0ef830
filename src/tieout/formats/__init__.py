"""Bytes to core records, one module a format; `read_bytes` picks the reader.

A format is a module with the attributes of `formats.common.contract.Format`. It declares what it
recognises, never raises on a bad record, and accounts for every record it met.
"""

from tieout.formats.registry import FORMATS, detect, read_source

__all__ = ["FORMATS", "detect", "read_source"]
