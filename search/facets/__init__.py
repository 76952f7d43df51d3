"""How many of some pictures there are in each folder, year, month, place and the like."""
