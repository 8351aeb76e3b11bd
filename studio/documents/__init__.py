"""Documents and their files: opening, saving, recovery, changes on disk, drops."""
