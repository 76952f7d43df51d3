"""Tests of `search/sidecars/`."""
