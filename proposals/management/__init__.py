"""Commands of the proposals app."""
