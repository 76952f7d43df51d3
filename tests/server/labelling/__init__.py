"""Tests of `server/labelling/`."""
