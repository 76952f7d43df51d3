"""What programs that train and classify take: an encoder as scikit-learn expects it, a data set as torch does."""
