"""Commands that need the database: the one part of the command line that may call workflows."""
