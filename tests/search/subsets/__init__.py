"""Tests of `search/subsets/`."""
