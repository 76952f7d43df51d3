"""Embeddings in files: Parquet, NumPy and Lance, read from other programs and written for them."""
