"""The part of the API that is about labels: sets of them, corrections, learning, and writing them into sidecars."""
