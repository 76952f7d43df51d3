"""The app put together, and uvicorn that runs it."""
