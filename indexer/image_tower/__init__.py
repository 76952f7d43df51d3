"""Pictures without torch: a model's image side exported once, and run by onnxruntime."""
