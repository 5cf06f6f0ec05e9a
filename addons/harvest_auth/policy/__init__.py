"""Who may sign in, how long, and how often: plain Python, no database."""
