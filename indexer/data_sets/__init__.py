"""A library as a data set in Lance: its tables, what describes it, how rows are made of what was encoded."""
