"""Tests of indexer.row_sets."""
