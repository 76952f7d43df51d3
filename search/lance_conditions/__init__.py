"""Where pictures of a data set lie and were taken, as conditions in the SQL of Lance."""
