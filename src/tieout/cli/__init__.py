"""The command line: doors only, no rules. Everything heavy is imported when a command needs it."""

from tieout.cli.app import main

__all__ = ["main"]
