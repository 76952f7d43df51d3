"""Which pictures a query searches: dates, places, folders, cameras, sizes, types and labels, as SQL."""
