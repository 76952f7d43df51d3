"""A library as one contract over two stores: SQLite with FAISS in a folder, and Lance anywhere."""
