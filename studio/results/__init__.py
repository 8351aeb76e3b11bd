"""What is shown after a run: confusion matrix, predicted against true, and words for numbers."""
