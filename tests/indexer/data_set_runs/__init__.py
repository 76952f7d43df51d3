"""Tests of `indexer/data_set_runs/`."""
