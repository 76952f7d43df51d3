"""Tests of `indexer/data_sets/`."""
