"""What is said besides results, so that a newcomer knows what to do next."""
