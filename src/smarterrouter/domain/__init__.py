"""The nouns: frozen structs, no I/O."""
