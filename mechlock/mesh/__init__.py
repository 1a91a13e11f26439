"""The mesh with its named groups: generators, readers, writers, quality."""
