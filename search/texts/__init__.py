"""From a text to its embedding: prompts, templates, languages, and the cache of text embeddings."""
