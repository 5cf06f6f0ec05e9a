"""Tools of the repository: the launcher and what it runs."""
