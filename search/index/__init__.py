"""The vectors of a library: exact search, the compressed FAISS file, and how well it finds."""
