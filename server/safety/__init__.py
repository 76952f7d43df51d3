"""What a request must be to be answered: its host, origin, token and size; and what browsers are told."""
