"""Django is set up before the modules of this room are collected: they import models."""

from tieout.config import database

database.set_up()
