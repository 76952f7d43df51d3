"""Tests of `search/data_sets/`."""
