"""What is on the disk: which files a root has, which of them are pictures, and the bytes that identify them."""
