"""Pictures, animations and pages of results and geometry; nothing here knows physics."""
