"""One record of each model for a place, for the access matrix."""
