"""Which rows of a Lance table pass a condition, as a search takes it."""
