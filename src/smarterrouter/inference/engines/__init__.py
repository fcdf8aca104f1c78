"""What runs a model inside a worker."""
