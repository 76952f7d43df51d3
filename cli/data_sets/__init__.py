"""What commands do with a library that is a data set in Lance."""
