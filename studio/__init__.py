"""The Qt window and the command line: everything that a person touches."""
