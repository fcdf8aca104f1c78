"""`PENDING`: names that are read and checked but whose feature is not there yet. The list only shrinks."""

from smarterrouter.settings.groups import PREFIX, SETTINGS

_WHOLE_GROUPS = {
    "cache": "the caches",
    "redis": "Redis",
    "vram": "the memory plan for graphics cards",
    "dead_letters": "dead letters",
}
_SINGLE = {
    "accounts at vendors": (
        *("EXTERNAL_PROVIDERS_ENABLED", "EXTERNAL_PROVIDERS", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        *(
            "GOOGLE_API_KEY",
            "GOOGLE_BASE_URL",
            "COHERE_API_KEY",
            "COHERE_BASE_URL",
            "MISTRAL_API_KEY",
            "MISTRAL_BASE_URL",
        ),
    ),
    "the memory plan for graphics cards": ("PINNED_MODEL",),
    "keys, roles and limits": (
        *("ADMIN_ALLOWED_IPS", "ADMIN_AUDIT_ENABLED", "RATE_LIMIT_ENABLED", "RATE_LIMIT_REQUESTS_PER_MINUTE"),
        *("RATE_LIMIT_CHAT_REQUESTS_PER_MINUTE", "RATE_LIMIT_ADMIN_REQUESTS_PER_MINUTE", "ENCRYPTION_KEY"),
    ),
    "checks of content": (
        *("PROMPT_INJECTION_DETECTION_ENABLED", "PROMPT_INJECTION_ACTION", "CONTENT_MODERATION_ENABLED"),
        *("CONTENT_MODERATION_ACTION", "CONTENT_MODERATION_WEBHOOK_URL", "CONTENT_MODERATION_CATEGORIES"),
    ),
}

PENDING: dict[str, str] = {
    **{PREFIX + name: feature for feature, names in _SINGLE.items() for name in names},
    **{one.name: _WHOLE_GROUPS[one.group] for one in SETTINGS.values() if one.group in _WHOLE_GROUPS},
}
"""Full name to the feature it waits for."""


def warnings(names: frozenset[str]) -> list[str]:
    """One sentence for each feature that some of `names` wait for."""
    waiting: dict[str, list[str]] = {}
    for name in sorted(names & PENDING.keys()):
        waiting.setdefault(PENDING[name], []).append(name)
    return [
        f"{', '.join(found)}: accepted, has no effect yet (comes with {feature})" for feature, found in waiting.items()
    ]
