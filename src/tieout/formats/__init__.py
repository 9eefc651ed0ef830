"""Bytes to core records, one module a format; `registry.read_source` picks the reader.

A format is a module with the attributes of `formats.common.contract.Format`. It declares what it
recognises, never raises on a bad record, and accounts for every record it met.
"""
