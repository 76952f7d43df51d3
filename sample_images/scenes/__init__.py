"""Scenes of the sample pictures: the shared studio and one module per family of things."""
