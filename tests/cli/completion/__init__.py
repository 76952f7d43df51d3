"""Tests of `cli/completion/`."""
