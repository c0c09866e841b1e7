"""The books view: each simulated company as a plain web page, where a person can act as somebody over there."""
