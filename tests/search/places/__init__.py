"""Tests of search.places, which read the real names of places."""
