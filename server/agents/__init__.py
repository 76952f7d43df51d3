"""The door for assistants (MCP): the server that they speak to, on stdio or over HTTP."""
