"""The standard streams, and the only ways through which something reaches a terminal."""
