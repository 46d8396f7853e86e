"""What changes committees and assessment rounds: permission, state check, write, log, then mail."""
