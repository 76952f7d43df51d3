"""Tests of `search/library/`."""
