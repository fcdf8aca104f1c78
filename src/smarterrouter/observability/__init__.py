"""Logs, metrics, time."""
