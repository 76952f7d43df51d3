"""Which pictures a query looks at: dates, places, folders, cameras, sizes, types and labels, as SQL."""
