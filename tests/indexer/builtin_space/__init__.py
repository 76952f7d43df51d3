"""Tests of `indexer/builtin_space/`."""
