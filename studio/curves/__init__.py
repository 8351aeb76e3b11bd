"""Curves of runs: their numbers, their plots, their legend and their export."""
