from pydantic import ValidationError

from smarterrouter.settings import kinds
from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.problems import SettingsError, did_you_mean, explain


class Sample(Group):
    port: int = setting(80, "Port.", le=65535)
    address: kinds.BaseUrl | None = setting(None, "Address.")
    key: kinds.Secret | None = setting(None, "Key.")


def sentence(name: str, value: object) -> str:
    try:
        Sample.model_validate({name: value})
    except ValidationError as error:
        return explain(error.errors()[0], name.upper(), Sample.model_fields[name])
    return ""


def test_a_problem_names_the_setting_the_fault_and_what_is_allowed() -> None:
    assert sentence("port", "abc") == "PORT: 'abc' is not a whole number of at most 65535"
    assert sentence("address", "x") == "ADDRESS: must begin with http:// or https://"
    assert len(sentence("port", "9" * 5000)) < 120


def test_a_key_in_the_wrong_place_is_not_repeated() -> None:
    assert "hunter2" not in sentence("address", "hunter2")
    assert sentence("key", ["hunter2"]) == "KEY: must be text, kept secret"


def test_faults_without_a_field_are_still_sentences() -> None:
    assert explain({"type": "list_type", "loc": (), "msg": "", "input": 1}, "x", None) == "x: must be a list"


def test_all_problems_stand_in_the_message() -> None:
    error = SettingsError(["one", "two"])
    assert error.problems == ("one", "two")
    assert str(error).splitlines()[1:] == ["- one", "- two"]


def test_the_nearest_name_is_offered_only_when_it_is_near() -> None:
    assert did_you_mean("ROUTER_OLAMA_URL", ["ROUTER_OLLAMA_URL", "ROUTER_PORT"]) == " Did you mean ROUTER_OLLAMA_URL?"
    assert did_you_mean("zzz", ["ROUTER_PORT"]) == ""
