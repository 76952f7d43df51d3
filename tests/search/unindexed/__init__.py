"""Tests of `search/unindexed/`."""
