"""Opinions about one model for one intent."""
