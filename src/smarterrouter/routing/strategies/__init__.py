"""Ways to order eligible models."""
