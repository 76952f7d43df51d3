"""The HTTP API: a router for each topic, with the models of what comes in and goes out."""
