"""Tests of `search/embedding_imports/`."""
