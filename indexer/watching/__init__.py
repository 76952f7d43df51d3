"""Indexing runs that start by themselves when files change."""
