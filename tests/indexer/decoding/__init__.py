"""Tests of `indexer/decoding/`."""
