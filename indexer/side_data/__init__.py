"""What a picture file holds besides its pixels, and how to get at the pixels without it."""
