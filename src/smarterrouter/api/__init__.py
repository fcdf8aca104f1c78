"""HTTP: what the world may ask for."""
