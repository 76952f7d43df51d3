"""A library's model: at once by way of its exports, or loaded in full, also while the first pictures are encoded."""
