"""Tests of `search/folding/`."""
