"""Files written outside the library, each recorded first so that it can be undone."""
