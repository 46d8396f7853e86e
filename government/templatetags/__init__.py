"""Template tags of the government app."""
