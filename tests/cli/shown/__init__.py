"""Tests of `cli/shown/`."""
