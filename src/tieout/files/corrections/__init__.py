"""Corrections as files: what is to be posted, in the form that the ledger's system takes.

Every form is read back by the same room (`forms`), so that what was posted can be proved.
"""
