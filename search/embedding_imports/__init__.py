"""Embeddings from files of other programs into a library: read, looked at to the last row, and committed at once."""
