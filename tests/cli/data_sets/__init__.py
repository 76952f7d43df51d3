"""Tests of `cli/data_sets/`."""
