"""What environment variables hold: references understood, plaintext secrets found, and nothing of the text kept."""
