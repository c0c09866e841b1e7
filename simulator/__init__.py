"""Accounting services on this machine, for tests, demo and rehearsal. Imports nothing of kz_admin."""
