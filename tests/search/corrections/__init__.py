"""Tests of `search/corrections/`."""
