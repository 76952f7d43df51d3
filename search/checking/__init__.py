"""Looking at everything that a library holds: what is derived is repaired, what is not is named."""
