"""What the command line shows and hears while a run goes on."""
