"""Settings of the models: where they are served, how they are found, and how one is chosen."""

from typing import Any, Literal, Self

from pydantic import model_validator

from smarterrouter.settings.group import Group, is_blank, off, on, setting
from smarterrouter.settings.kinds import (
    BaseUrl,
    Count,
    FilePath,
    Globs,
    Name,
    OpenAiUrl,
    Patterns,
    Positive,
    Provider,
    RootUrl,
    Seconds,
    SecondsOrOff,
    Secret,
    Share,
    Words,
)


class Backends(Group):
    """Where models are served; smarterrouter.yaml can list more."""

    provider: Provider | None = setting(None, "The one backend to use; blank looks for all that are there.")
    ollama_url: RootUrl = setting("http://localhost:11434", "Address of Ollama.")
    llama_cpp_url: RootUrl | None = setting(None, "Address of a llama.cpp server or of llama-swap.")
    openai_base_url: OpenAiUrl | None = setting(
        None, "Address of any OpenAI-compatible server, such as http://host:8000/v1."
    )
    openai_api_key: Secret | None = setting(None, "Key for that server.")
    model_prefix: str = setting("", "Text put before every model name that is sent to a backend.")
    generation_timeout: Seconds = setting(120.0, "Longest wait in seconds for a backend to answer or go on.")
    model_keep_alive: int = setting(
        -1, "Seconds Ollama keeps an unused model loaded; -1 = forever, 0 = not.", ge=-1, le=31_536_000
    )
    verify_tls: bool = on("Check the certificates of backends.")
    backend_retry_enabled: bool = on("Try a backend again when it cannot be reached or is busy.")
    backend_max_retries: Count = setting(3, "How many times.")
    backend_retry_base_delay: SecondsOrOff = setting(1.0, "Seconds before the first new try; doubles each time.")
    backend_retry_max_delay: SecondsOrOff = setting(10.0, "Longest wait in seconds between two tries.")
    backend_circuit_breaker_enabled: bool = off("Leave a backend alone for a while after many failures.")
    backend_circuit_breaker_failure_threshold: Positive = setting(5, "Failures that make it rest.")
    backend_circuit_breaker_reset_timeout: Seconds = setting(60.0, "Seconds of rest.")
    backend_circuit_breaker_half_open_max_attempts: Positive = setting(3, "Requests let through to see if it is back.")
    backend_circuit_breaker_sliding_window_size: Positive = setting(
        100, "Number of latest requests that are looked at."
    )
    backend_circuit_breaker_quota_reset_timeout: Seconds = setting(3600.0, "Seconds of rest when its quota is used up.")
    external_providers_enabled: bool = off("Use accounts at vendors.")
    external_providers: Words = setting(("openai", "anthropic", "google"), "Which vendors.")
    anthropic_api_key: Secret | None = setting(None, "Key for Anthropic.")
    anthropic_base_url: BaseUrl | None = setting(None, "Another address for Anthropic.")
    google_api_key: Secret | None = setting(None, "Key for Google.")
    google_base_url: BaseUrl | None = setting(None, "Another address for Google.")
    cohere_api_key: Secret | None = setting(None, "Key for Cohere.")
    cohere_base_url: BaseUrl | None = setting(None, "Another address for Cohere.")
    mistral_api_key: Secret | None = setting(None, "Key for Mistral.")
    mistral_base_url: BaseUrl | None = setting(None, "Another address for Mistral.")
    local_models_dir: FilePath = setting("data/models", "Folder of GGUF files that the embedded runtime serves.")
    local_context_tokens: int = setting(4096, "Context of one request to the embedded runtime.", ge=128, le=10_000_000)
    local_parallel: int = setting(4, "Requests that one embedded model answers at the same time.", ge=1, le=1024)
    local_threads: int = setting(0, "Threads of an embedded model; 0 = half of the cores, at most 8.", ge=0, le=1024)

    @model_validator(mode="after")
    def _delays_in_order(self) -> Self:
        if self.backend_retry_base_delay > self.backend_retry_max_delay:
            raise ValueError("ROUTER_BACKEND_RETRY_MAX_DELAY: must not be less than ROUTER_BACKEND_RETRY_BASE_DELAY")
        return self


class Discovery(Group):
    """How models are found, kept and left out."""

    discovery_enabled: bool = on("Look for model servers at the usual ports of this machine.")
    polling_interval: Seconds = setting(300.0, "Seconds between two rounds of background work.")
    model_polling_enabled: bool = on("Look for new models while running.")
    model_polling_interval: Seconds = setting(
        300.0, "Seconds between two looks; where unset, ROUTER_POLLING_INTERVAL counts."
    )
    model_cleanup_enabled: bool = off("Stop listing models that their backend no longer offers.")
    model_auto_profile_enabled: bool = on("Profile new local models without being asked, while no user waits.")
    model_filter_include: Globs = setting((), "Use only models whose names match one of these; empty means all.")
    model_filter_exclude: Globs = setting((), "Never use models whose names match one of these.")
    modality_custom_patterns: Patterns = setting({}, "What models can do, by patterns of their names.")
    offline: bool = off("Contact nothing but the configured backends.")

    @model_validator(mode="before")
    @classmethod
    def _one_interval_for_both(cls, given: Any) -> Any:
        """The older name counts where the newer one is not given."""
        if isinstance(given, dict) and is_blank(given.get("model_polling_interval")) and "polling_interval" in given:
            return {**given, "model_polling_interval": given["polling_interval"]}
        return given


class Routing(Group):
    """How one model is chosen."""

    external_model_name: Name = setting("smarterrouter/main", "Name under which the router appears as a model.")
    models_list: Literal["all", "router"] = setting("all", "What /v1/models shows: every model, or only the router.")
    quality_preference: Share = setting(0.5, "From 0 (fastest) to 1 (best).")
    prefer_smaller_models: bool = on("Take small models for simple questions.")
    prefer_newer_models: bool = on("Prefer newer models a little.")
    cascading_enabled: bool = on("Ask the next best model when one fails.")
    pinned_model: str = setting("", "Model that is never unloaded.")
    context_safety_margin: Share = setting(0.1, "Share by which a prompt is taken to be longer than estimated.")
    model: str = setting("", "Small model that chooses the model, such as llama3.2:1b.")
    temperature: float = setting(0.0, "Temperature of the choosing model.", ge=0, le=2)
    max_tokens: Positive = setting(50, "Longest answer of the choosing model in tokens.")
    category_model: str = setting("", "Embedding model that has a say in the kind of work; empty: none is asked.")
    category_timeout: Seconds = setting(0.2, "Longest wait for the embedding model; then the usual reading counts.")
    dispatcher_timeout: Seconds = setting(2.0, "Longest wait for the choosing model; then the default order counts.")
