"""Tests of `cli/options/`."""
