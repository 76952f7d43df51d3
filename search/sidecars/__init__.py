"""Labels in XMP sidecars, in which all else stays byte for byte."""
