"""Shards encoded by Ray: decoded on many processors, encoded by an actor for each GPU."""
