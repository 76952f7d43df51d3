"""The child processes of the server: how they are started, and what they do: copying, linking, comparing, undoing."""
