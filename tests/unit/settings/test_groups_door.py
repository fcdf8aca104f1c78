import pytest
from pydantic import ValidationError

from smarterrouter.settings.groups_door import Observability, Security, Server, SignatureLine


def test_nobody_outside_gets_in_by_default() -> None:
    assert Server().host == "127.0.0.1"
    assert Server().cors_origins == ()


def test_a_blank_host_does_not_open_the_door() -> None:
    assert Server.model_validate({"host": " "}).host == "127.0.0.1"


def test_cookies_need_named_origins() -> None:
    with pytest.raises(ValidationError, match="name the origins"):
        Server(cors_allow_credentials=True, cors_origins=("*",))
    assert Server(cors_allow_credentials=True, cors_origins=("http://a",)).cors_allow_credentials


def test_a_blank_admin_key_is_no_key() -> None:
    assert Security.model_validate({"admin_api_key": ""}).admin_api_key is None


def test_the_signature_is_on_for_browsers() -> None:
    found = SignatureLine()
    assert (found.signature_enabled, found.signature_clients) == (True, "browsers")
    assert found.signature_format.format(model="m") == "\n\nModel: m"


def test_nothing_that_is_said_is_stored_by_default() -> None:
    assert Observability().log_content is False
