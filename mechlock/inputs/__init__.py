"""What the engineer writes: strict models of the files, read with file and key in every error."""
