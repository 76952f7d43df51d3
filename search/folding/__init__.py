"""Hits that show the very same picture, folded behind the largest of them, by what the library knows of them alone."""
