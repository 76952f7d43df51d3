"""An open library: its index, the vectors of pictures, hits, and information about it."""
