"""Pages asked for without a browser: Django's own client, on the store of all tests."""

from tieout.config import database

database.set_up()
