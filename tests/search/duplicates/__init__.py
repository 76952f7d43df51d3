"""Tests of `search/duplicates/`."""
