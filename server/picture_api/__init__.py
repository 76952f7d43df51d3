"""The HTTP API of pictures as bytes: small ones, the files themselves, and those that are sent to search with."""
