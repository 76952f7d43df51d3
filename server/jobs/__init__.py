"""What takes longer than a request: index runs and the like, with their progress."""
