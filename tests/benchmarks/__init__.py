"""Tests of the benchmarks: each runs, on a tiny size."""
