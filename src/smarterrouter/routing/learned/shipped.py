"""`shipped`: the artefact that comes with the package."""

from functools import cache
from importlib.resources import files

from smarterrouter.routing.learned.artefact import Artefact, load


@cache
def shipped() -> Artefact:
    """Read once for the process, in about ten milliseconds. Raises `BadArtefact` when the package is damaged."""
    return load(files(__package__).joinpath("router.npz").read_bytes())
