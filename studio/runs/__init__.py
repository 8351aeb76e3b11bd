"""Runs: the list of them, what differs between them, and the queue of those to come."""
