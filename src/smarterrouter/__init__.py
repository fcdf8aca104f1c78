"""SmarterRouter: one address for all your language models."""

__version__ = "0.1.0"
