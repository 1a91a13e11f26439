"""The proof of self-locking: claims, the interval prover, certificates and their independent checker."""
