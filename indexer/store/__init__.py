"""The library's SQLite database: its schema, and a module for each table."""
