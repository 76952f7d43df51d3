"""One run into a data-set library: what is listed, encoded on this machine, and committed shard by shard."""
