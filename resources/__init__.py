"""Icons, themes, example graphs and small sample data."""
