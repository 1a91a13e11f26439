"""The one representation of a planar mechanism, its symbolic solution, kinematics and statics."""
