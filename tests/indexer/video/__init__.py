"""Tests of `indexer/video/`."""
