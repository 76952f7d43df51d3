"""Groups of options, each of which hands over one typed object."""
