"""One indexing run: what the disk has compared with what the library knows, and what follows from it."""
