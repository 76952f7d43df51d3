"""The command line: parses, calls, echoes. Everything heavy is imported inside the commands."""

from cli.main import main

__all__ = ["main"]
