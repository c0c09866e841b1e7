"""How a QuickBooks company looks in the books view, and what a person can do in it."""
