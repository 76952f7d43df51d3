"""Zero-shot labels: classes, their vectors, probabilities, and label sets."""
