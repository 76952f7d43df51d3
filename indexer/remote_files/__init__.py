"""Files that are not on this machine: found, read with patience, and spoken of without secrets."""
