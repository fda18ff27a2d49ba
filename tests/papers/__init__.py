"""Published results, reached again: one file for each."""
