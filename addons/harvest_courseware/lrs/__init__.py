"""What a learning record store and a run-time decide. Plain Python: no ORM."""
