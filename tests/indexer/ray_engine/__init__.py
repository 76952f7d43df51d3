"""Tests of `indexer/ray_engine/`."""
