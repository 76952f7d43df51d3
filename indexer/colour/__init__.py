"""What a file says of its colours otherwise than by an ICC profile, and how such samples become sRGB."""
