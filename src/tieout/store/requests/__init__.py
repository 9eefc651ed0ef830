"""Requests of programs: answers kept for a day under their idempotency key, and each token's pace."""
