"""Processes that decode foreign files: started apart from the caller's script, confined, and killed at will."""
