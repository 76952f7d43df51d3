"""Tests, one file per module; the model is faked in unit tests and real in test_end_to_end.py."""
