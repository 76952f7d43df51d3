"""Small pictures: made of a file or a decoded picture, kept in the cache folder, asked of worker processes."""
