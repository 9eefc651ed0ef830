"""Matching, in words and invariants: records, rules, passes, groups, and what must always hold."""
