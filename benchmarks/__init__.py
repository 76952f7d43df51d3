"""Benchmarks: each a command of its own; RESULTS.md says what they gave."""
