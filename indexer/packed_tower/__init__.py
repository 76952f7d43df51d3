"""The picture side of a plain vision transformer laid out for a CPU, in bf16, fp32 or int8, and kept on disk."""
