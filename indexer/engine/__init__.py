"""From files to embeddings: decoding in worker processes, encoding in threads, and the pipeline between them."""
