"""Questions to a library: queries and labels as cosine lookups. Imports from `indexer`, never from `cli`."""
