"""How results, progress and errors are written."""
