"""Tests of the looks of help."""
