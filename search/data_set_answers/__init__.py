"""What is answered of a data set as of a local library: hits with their cut-off, labels, what is in it."""
