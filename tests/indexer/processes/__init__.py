"""Tests of `indexer/processes/`."""
