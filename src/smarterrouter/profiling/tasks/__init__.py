"""The tasks: a file for each category, and what they draw from."""
