"""What people said of pictures, put to use: how right the model is, calibrating, learning, and what to look at next."""
