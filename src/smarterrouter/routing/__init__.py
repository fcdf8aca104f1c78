"""Which model answers: values in, values out."""
