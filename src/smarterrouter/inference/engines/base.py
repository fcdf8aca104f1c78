"""`Engine`: what runs one model inside a worker process, and the `Plan` it is given."""

from typing import Protocol

from msgspec import Struct


class Plan(Struct, frozen=True):
    """How to serve one model. A worker reads it as one JSON line from its standard input."""

    name: str
    """What the model is called in answers."""
    path: str
    """The model's file."""
    context: int
    """Tokens that one request may use, prompt and answer together."""
    parallel: int = 1
    """Requests at the same time; memory for the context is taken this many times. A model with pooling takes one."""
    threads: int = 1
    """Compute threads; more than there are free cores makes everything slower."""
    socket: str = ""
    """Path of the Unix socket to listen on, ending in `.sock` (llama.cpp knows it by that); empty for `port`."""
    port: int = 0
    """TCP port on 127.0.0.1 when there is no socket path; 0 for any free one."""
    api_key: str = ""
    """What a caller has to show as Bearer; empty lets everyone in."""
    pooling: int = 0
    """0: no embeddings. Otherwise how token vectors become one, as GGUF counts: 1 mean, 2 first token, 3 last token."""
    gpu_layers: int = -1
    """Layers on the accelerator; -1 for as many as fit."""
    engine: str = "llama_cpp"
    """An entry of the registry."""
    parent: int = 0
    """Process id of whoever started the worker, which ends with it; 0 for nobody."""


class Engine(Protocol):
    """Loads one model and serves it over HTTP in OpenAI's form, with `/health`, until its process ends.

    A worker process has one engine and never tears it down: it ends by leaving the process, so memory really returns.

    Example: `address = engine.serve(plan)`; the model answers at `address` when this returns.
    """

    def serve(self, plan: Plan) -> str:
        """Load and listen; return the address (a URL, or the socket's path). Raise `EngineFailed` with the reason."""


class EngineFailed(Exception):
    """The engine cannot serve this model; the text says why."""
