"""What the district should know is listed until both sides agree."""
