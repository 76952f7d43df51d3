"""What of every picture is counted and laid out by, as arrays that a million pictures fit into."""
