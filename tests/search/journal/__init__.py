"""Tests of `search/journal/`."""
