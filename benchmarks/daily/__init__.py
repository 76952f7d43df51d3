"""The parts of benchmarks/indexing.py: what is measured, the two tools, pictures, models, and the table."""
