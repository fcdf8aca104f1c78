"""Settings of the door: where we listen, what we accept, who may come in, what we sign and what we log."""

from typing import Literal, Self

from pydantic import model_validator

from smarterrouter.settings.group import Group, off, on, setting
from smarterrouter.settings.kinds import (
    Count,
    Name,
    Networks,
    Origins,
    PageUrl,
    Positive,
    Seconds,
    SecondsOrOff,
    Secret,
    Signature,
    Words,
)


class Server(Group):
    """Where the gateway listens, its limits, and what browsers may do."""

    host: Name = setting("127.0.0.1", "Address to listen on; 0.0.0.0 lets other machines in.")
    port: int = setting(11436, "Port to listen on; 0 takes any free one.", ge=0, le=65535)
    request_timeout_enabled: bool = on("Limit how long a whole request may take.")
    request_timeout_seconds: Seconds = setting(300.0, "That limit in seconds; 504 afterwards.")
    max_request_body_bytes: Positive = setting(10_485_760, "Largest request body in bytes; 413 above.")
    max_message_content_length: Positive = setting(100_000, "Longest single message in characters; 413 above.")
    max_messages: Positive = setting(10_000, "Most messages in one request; 400 above.")
    request_body_timeout_seconds: Seconds = setting(30.0, "How long a caller may take to send its request; 408 after.")
    sse_keepalive_seconds: SecondsOrOff = setting(15.0, "Silence in a stream after which a comment is sent; 0 = never.")
    cors_origins: Origins = setting((), "Web pages of these origins may call the API; * means all, empty means none.")
    cors_allow_credentials: bool = off("Let those pages send cookies.")
    cors_allow_methods: Words = setting(
        ("GET", "POST", "PUT", "DELETE", "OPTIONS"), "Methods that those pages may use."
    )
    cors_allow_headers: Words = setting(("*",), "Request headers that those pages may send; * means all.")
    cors_max_age: Count = setting(600, "Seconds for which a browser may remember these answers.")
    enable_response_compression: bool = off("Compress answers (gzip) for callers that accept it.")
    compression_minimum_size: Count = setting(1024, "Smallest answer in bytes that is compressed.")
    enable_slow_query_logging: bool = off("Log requests that take longer than the next setting.")
    slow_query_threshold_ms: Count = setting(500, "What counts as slow, in milliseconds.")

    @model_validator(mode="after")
    def _credentials_need_names(self) -> Self:
        if self.cors_allow_credentials and "*" in self.cors_origins:
            raise ValueError(
                "ROUTER_CORS_ALLOW_CREDENTIALS: cannot be true while ROUTER_CORS_ORIGINS is *; name the origins"
            )
        return self


class SignatureLine(Group):
    """The line that names the model at the end of an answer."""

    signature_enabled: bool = on("End answers with a line that names the model.")
    signature_format: Signature = setting("\n\nModel: {model}", "That line; \\n is a line break.")
    signature_clients: Literal["browsers", "all"] = setting(
        "browsers", "Who gets it: chat pages and apps (browsers), or programs too (all)."
    )


class Security(Group):
    """Who may come in, how often, and what is checked."""

    admin_api_key: Secret | None = setting(
        None, "Key for /admin; without one the first start makes one; disable opens /admin to everybody."
    )
    admin_allowed_ips: Networks = setting((), "Only these addresses may use /admin; empty means all.")
    admin_audit_enabled: bool = on("Write down every action on /admin.")
    rate_limit_enabled: bool = off("Limit the requests of each address.")
    rate_limit_requests_per_minute: Positive = setting(60, "Requests per minute in general.")
    rate_limit_chat_requests_per_minute: Positive = setting(100, "Chat requests per minute.")
    rate_limit_admin_requests_per_minute: Positive = setting(10, "Admin requests per minute.")
    encryption_key: Secret | None = setting(None, "Master key that seals stored keys of vendors.")
    prompt_injection_detection_enabled: bool = on("Look for attempts to override instructions.")
    prompt_injection_action: Literal["log", "warn", "block"] = setting("log", "What happens then.")
    content_moderation_enabled: bool = off("Check prompts for forbidden content.")
    content_moderation_action: Literal["block", "log"] = setting("block", "What happens then.")
    content_moderation_webhook_url: PageUrl | None = setting(None, "Service that judges the content.")
    content_moderation_categories: Words = setting(
        ("weapons_explosives", "self_harm", "illegal_drugs", "child_exploitation"), "What is forbidden."
    )


class Observability(Group):
    """What is logged, how, and for how long."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = setting(
        "INFO", "Least important line logged."
    )
    log_format: Literal["text", "json"] = setting("text", "Lines for people (text) or for machines (json).")
    log_content: bool = off("Store the text of prompts and answers, redacted; off, only counts are kept.")
    log_content_retention_days: Positive = setting(7, "Days after which stored text is deleted.")
