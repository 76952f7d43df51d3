"""Tests of the README and of docs/: what they show exists, runs and is current."""
