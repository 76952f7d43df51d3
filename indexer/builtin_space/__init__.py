"""The built-in model's space: its classes, and the colours that texts say and pictures show."""
