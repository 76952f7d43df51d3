"""What is made of a model once and kept in the cache folder: how it is written, found whole, and not tried in vain."""
