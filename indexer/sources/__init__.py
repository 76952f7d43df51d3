"""Where the pictures of a data set are read from: folders, object stores, tar shards, Parquet files."""
