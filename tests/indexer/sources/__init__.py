"""Tests of `indexer/sources/`."""
