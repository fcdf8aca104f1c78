"""Which models exist, and what we know of them."""
