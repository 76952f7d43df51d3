"""What an assistant may change in a library that it may write to: a tool for each, that asks the person first."""
