"""The path of everything that is not a request."""
