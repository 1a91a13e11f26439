"""Environments without any finite elements: pulses, spectra, roads, vehicles, and the standards they come from."""
