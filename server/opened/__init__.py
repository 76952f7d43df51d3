"""The warm library: worker threads with a connection each, one model and one mapped index for all."""
