"""Experiments: start real processes, hurt them at a named place, heal, wait for rest, check what must hold."""
