"""Organisations and their members: what every other table belongs to."""
