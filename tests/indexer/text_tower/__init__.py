"""Tests of `indexer/text_tower/`."""
