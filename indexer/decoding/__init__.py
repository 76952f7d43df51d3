"""From a file's bytes to an upright sRGB picture with its metadata."""
