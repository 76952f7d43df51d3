"""What an assistant may ask of a library: a tool for each whole job, with answers sized for a model's context."""
