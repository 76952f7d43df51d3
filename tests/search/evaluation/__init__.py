"""Tests of `search/evaluation/`."""
