"""Tests of `indexer/models/`."""
