"""How right labels and searches are, on pictures whose classes or captions are known."""
