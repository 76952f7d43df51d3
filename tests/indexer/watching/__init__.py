"""Tests of `indexer/watching/`."""
