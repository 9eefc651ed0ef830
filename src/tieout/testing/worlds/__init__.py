"""Seeded worlds: two populations of records with known truth, as large as asked for."""

from tieout.testing.worlds.world import KINDS, TRUTH_SCHEMA, World, make_world

__all__ = ["KINDS", "TRUTH_SCHEMA", "World", "make_world"]
