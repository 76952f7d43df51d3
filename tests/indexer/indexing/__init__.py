"""Tests of `indexer/indexing/`."""
