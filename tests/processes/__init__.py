"""Tests that start our real processes and stop, kill or starve them."""
