"""Settings to `BackendSpec`s: what the user has named. Nothing named means: look around."""

from collections.abc import Iterator

from pydantic import SecretStr

from smarterrouter.backends.spec import BackendSpec
from smarterrouter.backends.vendors import VENDORS
from smarterrouter.settings.file import BackendEntry
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.problems import SettingsError
from smarterrouter.settings.urls import with_version, without_version

ROOTED = frozenset({"ollama", "llama.cpp"})
"""Kinds whose address is the server's root; all others' ends with their version path."""
EMBEDDED = "local"


def specs(settings: Settings) -> list[BackendSpec]:
    """One spec for each backend that the settings name, those of `smarterrouter.yaml` first."""
    entries = [entry for entry in settings.file.backends if entry.kind != EMBEDDED]
    return [*(_from_file(entry, settings) for entry in entries), *_from_names(settings)]


def wants_discovery(settings: Settings) -> bool:
    """Nothing was named, and looking is allowed: offline, only what was named is contacted."""
    allowed = settings.discovery.discovery_enabled and not settings.discovery.offline
    return allowed and settings.backends.provider is None and not specs(settings) and not settings.file.backends


def embedded_name(settings: Settings) -> str | None:
    """The name under which the embedded runtime was asked for; None where it was not."""
    named = [entry.name for entry in settings.file.backends if entry.kind == EMBEDDED]
    return named[0] if named else EMBEDDED if settings.backends.provider == EMBEDDED else None


def _from_names(settings: Settings) -> Iterator[BackendSpec]:
    """`ROUTER_PROVIDER` names the one to use; without it, every address that was given counts."""
    backends, given = settings.backends, settings.set_names
    one = backends.provider
    if one == "ollama" or (one is None and "ROUTER_OLLAMA_URL" in given):
        yield _spec(settings, "ollama", backends.ollama_url)
    if one == "llama.cpp" or (one is None and "ROUTER_LLAMA_CPP_URL" in given):
        yield _spec(settings, "llama.cpp", backends.llama_cpp_url or "http://127.0.0.1:8080")
    if one == "openai" or (one is None and {"ROUTER_OPENAI_BASE_URL", "ROUTER_OPENAI_API_KEY"} & given):
        url = backends.openai_base_url
        kind = "openai" if url is None else _kind_of(url)
        yield _spec(settings, kind, url or VENDORS["openai"].url, key=backends.openai_api_key, name="openai")


def _kind_of(url: str) -> str:
    """The vendor whose address this is, else a plain server."""
    return next((kind for kind, vendor in VENDORS.items() if vendor.url and url.startswith(vendor.url)), "compatible")


def _spec(settings: Settings, kind: str, url: str, key: SecretStr | None = None, name: str = "") -> BackendSpec:
    return BackendSpec(
        name=name or kind,
        kind=kind,
        url=without_version(url) if kind in ROOTED else with_version(url),
        api_key=key.get_secret_value() if key is not None else None,
        prefix=settings.backends.model_prefix,
        timeout_seconds=settings.backends.generation_timeout,
        keep_alive=settings.backends.model_keep_alive,
    )


def _from_file(entry: BackendEntry, settings: Settings) -> BackendSpec:
    url = entry.url or (VENDORS[entry.kind].url if entry.kind in VENDORS else "")
    if not url:
        raise SettingsError([f"backend {entry.name}: `{entry.kind}` has no address of its own; give it a `url`"])
    return BackendSpec(
        name=entry.name,
        kind=entry.kind,
        url=without_version(url) if entry.kind in ROOTED else with_version(url),
        api_key=entry.api_key.get_secret_value() if entry.api_key is not None else None,
        prefix=entry.prefix,
        headers={name: value.get_secret_value() for name, value in entry.headers.items()},
        timeout_seconds=entry.timeout_seconds or settings.backends.generation_timeout,
        context_tokens=entry.context_tokens,
        include=tuple(entry.include),
        exclude=tuple(entry.exclude),
        keep_alive=settings.backends.model_keep_alive,
    )
