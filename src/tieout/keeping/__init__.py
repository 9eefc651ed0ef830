"""Keeping: the whole site as one file, and back, with the proof that nothing was lost."""
