"""What the shell completes when TAB is pressed: read from the library at once, or not at all."""
