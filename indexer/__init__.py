"""From picture files to embeddings in a library: encoders, the store, and the indexing run.

Imports nothing from `search` or `cli`. Importing this package is free; torch loads when an encoder does.
"""
