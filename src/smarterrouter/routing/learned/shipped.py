"""`shipped`, `reader`: the artefact that comes with the package, and what reads prompts by it."""

from functools import cache
from importlib.resources import files

from smarterrouter.routing.learned.artefact import Artefact, load
from smarterrouter.routing.learned.reader import Reader


@cache
def shipped() -> Artefact:
    """Read once for the process, in about ten milliseconds. Raises `BadArtefact` when the package is damaged."""
    return load(files(__package__).joinpath("router.npz").read_bytes())


@cache
def reader() -> Reader:
    """Made once for the process."""
    return Reader(shipped())
