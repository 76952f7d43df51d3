"""Tests of `indexer/root_folders/`."""
