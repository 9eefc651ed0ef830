"""Requests of programs: answers kept for a day under their key, and each token's pace."""
