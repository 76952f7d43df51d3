"""From what is asked to the pictures that match, in order."""
