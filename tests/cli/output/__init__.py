"""Tests of `cli/output/`."""
