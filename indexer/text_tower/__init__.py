"""Texts without torch: a model's text side exported once, and run by onnxruntime."""
