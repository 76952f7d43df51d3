"""A library in two dimensions: the directions in which its pictures differ most by meaning, and a lasso around some."""
