"""Names of places, offline: where a named place is, which place is nearest to a picture, and how many each has."""
