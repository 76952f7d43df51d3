"""What clipsearch label shows: pictures with their labels, what a run did, and the summary of it."""
