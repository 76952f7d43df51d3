"""Tests of indexer.side_data: what isn't pixels never costs the pixels."""
