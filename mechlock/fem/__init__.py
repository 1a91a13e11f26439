"""Linear-elastic finite elements on scikit-fem: assembly, contact, statics, modes, stress."""
