"""Pictures of a library as data sets of other programs: tar shards, ImageFolder, FiftyOne, Label Studio, CVAT."""
