"""What a file says of its colours and samples otherwise than by an ICC profile, and how these become sRGB."""
