"""Tests of `search/training/`."""
