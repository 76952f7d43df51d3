"""The process as the system sees it: how it hears Ctrl-C."""
