"""Embeddings out of a library into files that other programs read: Parquet, NumPy and Lance."""
