"""Tests of `search/export/`."""
