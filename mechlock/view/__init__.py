"""Pictures in two and three dimensions."""
