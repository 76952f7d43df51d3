"""Tests of `indexer/engine/`."""
