"""Tests of `search/texts/`."""
