"""The worker and the clock: RQ's way in, and the table of periodic work. The work itself is in services."""
