"""Tests of `indexer/store/`."""
