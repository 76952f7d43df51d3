"""Tests of `search/filters/`."""
