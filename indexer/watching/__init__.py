"""Runs as files change."""
