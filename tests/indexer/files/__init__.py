"""Tests of `indexer/files/`."""
