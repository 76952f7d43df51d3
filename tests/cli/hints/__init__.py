"""Tests of `cli/hints/`."""
