"""Environment times modal basis: harmonic, transient, random and shock responses as pure array functions."""
