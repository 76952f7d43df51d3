"""What a picture says of when, where and with what it was taken, and what lies beside it says."""
