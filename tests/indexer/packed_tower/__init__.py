"""Tests of `indexer/packed_tower/`."""
