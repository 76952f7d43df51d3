"""What `clipsearch eval` writes: tables, records and plots."""
