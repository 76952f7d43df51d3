"""Tests of `cli/reports/`."""
