"""`build(settings)`: the one place where objects meet."""

from smarterrouter.bootstrap.building import build
from smarterrouter.bootstrap.house import House, outgoing

__all__ = ["House", "build", "outgoing"]
