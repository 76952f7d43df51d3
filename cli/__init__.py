"""The command line: parses, calls, echoes. Everything heavy is imported inside the commands."""
