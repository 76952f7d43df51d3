"""Tests of `search/embedding_files/`."""
