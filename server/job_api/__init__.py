"""The HTTP API of what takes longer than a request: index runs, duplicates, actions on all that was found."""
