"""An open library: its index, the vectors of pictures, hits, and what it can tell about itself."""
