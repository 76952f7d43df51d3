"""Wider terms for a query that nothing matches: "mammal" for "gorilla"."""
