"""What every simulated provider shares: clock, journal, faults, grants, webhooks, control, saved state."""
