"""Tests of `search/labels/`."""
