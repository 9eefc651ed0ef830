"""Tests of jobs work on the store: Django is set up before any of their modules is read."""

from tieout.config import database

database.set_up()
