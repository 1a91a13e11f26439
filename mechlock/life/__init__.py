"""Fatigue life and wear: cycle counting, spectral damage, S-N curves, Miner sums, duty spectra."""
