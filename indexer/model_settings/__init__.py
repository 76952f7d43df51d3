"""What a model's author wrote into its files: read within bounds, and only what is known is passed on."""
