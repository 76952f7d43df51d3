"""Tests of `indexer/metadata/`."""
