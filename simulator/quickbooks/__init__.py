"""QuickBooks Online on this machine."""
