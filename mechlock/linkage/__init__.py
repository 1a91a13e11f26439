"""The linkage: one representation of a planar mechanism, solved symbolically and numerically."""
