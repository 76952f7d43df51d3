"""What is written outside the library, written down first so that it can be undone."""
