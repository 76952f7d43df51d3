"""Files and folders labelled without being indexed: nothing of them is stored."""
