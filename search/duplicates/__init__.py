"""Groups of pictures that are the same: by their bytes, or by what they show."""
