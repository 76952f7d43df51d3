"""Tests of `indexer/download/`."""
