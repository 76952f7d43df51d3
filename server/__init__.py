"""The local page and the HTTP API under it: routes, safety, and the warm library that answers."""
