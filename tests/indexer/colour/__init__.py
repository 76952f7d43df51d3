"""Tests of indexer.colour."""
