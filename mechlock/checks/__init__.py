"""Responses to margins: strength, modes, contact, lock, mass, height."""
