"""Tests of `indexer/thumbnails/`."""
