"""How help looks: options under headings, commands in the order of work."""
