"""Signing in: what is ours beside the library that does it."""
