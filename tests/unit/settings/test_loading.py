import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from smarterrouter.settings.groups import Files
from smarterrouter.settings.loading import load, overlaid, reread_rules
from smarterrouter.settings.problems import SettingsError

SECRETS = ("OPENAI_API_KEY", "ADMIN_API_KEY", "ENCRYPTION_KEY", "JUDGE_API_KEY", "ANTHROPIC_API_KEY")


def problems(directory: Path, environment: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(environment, directory)
    return caught.value.problems


@pytest.mark.parametrize(
    ("name", "group", "text", "meant"),
    [
        ("EXTERNAL_MODEL_NAME", "routing", "hubrouter/main", "hubrouter/main"),
        ("MODEL", "routing", "llama3.2:1b", "llama3.2:1b"),
        ("TEMPERATURE", "routing", "0.5", 0.5),
        ("MAX_TOKENS", "routing", "99", 99),
        ("MODEL_FILTER_INCLUDE", "discovery", "gemma*,mistral*", ("gemma*", "mistral*")),
        ("MODEL_FILTER_EXCLUDE", "discovery", "*qwen*, *deepseek*", ("*qwen*", "*deepseek*")),
        ("EXTERNAL_PROVIDERS", "backends", "openai,mistral", ("openai", "mistral")),
        ("ADMIN_ALLOWED_IPS", "security", "127.0.0.1,10.0.0.0/8", ("127.0.0.1", "10.0.0.0/8")),
        ("MODEL_FILTER_INCLUDE", "discovery", '["gemma*"]', ("gemma*",)),
    ],
)
def test_w10_documented_names_and_forms_are_read(
    tmp_path: Path, name: str, group: str, text: str, meant: object
) -> None:
    (tmp_path / ".env").write_text(f"ROUTER_{name}={text}\n")
    assert getattr(getattr(load({}, tmp_path).settings, group), name.lower()) == meant


def test_w10_keys_are_read_from_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ROUTER_ARTIFICIAL_ANALYSIS_API_KEY=aa-key\nROUTER_ENCRYPTION_KEY=master\n")
    settings = load({}, tmp_path).settings
    assert settings.benchmarks.artificial_analysis_api_key is not None
    assert settings.benchmarks.artificial_analysis_api_key.get_secret_value() == "aa-key"
    assert settings.security.encryption_key is not None
    assert settings.security.encryption_key.get_secret_value() == "master"


def test_w10_a_doubled_prefix_is_reported_with_the_right_name(tmp_path: Path) -> None:
    loaded = load({"ROUTER_ROUTER_EXTERNAL_MODEL_NAME": "x"}, tmp_path)
    assert loaded.warnings == (
        "ROUTER_ROUTER_EXTERNAL_MODEL_NAME is not a setting and is ignored. Did you mean ROUTER_EXTERNAL_MODEL_NAME?",
    )


def test_nothing_at_all_gives_the_defaults_in_silence(tmp_path: Path) -> None:
    loaded = load({}, tmp_path)
    assert loaded.warnings == ()
    assert loaded.settings.set_names == frozenset()
    assert loaded.settings.server.port == 11436


def test_the_process_environment_is_read_when_none_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ROUTER_")]:  # noqa: TID251 - what it reads is tested here
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROUTER_PORT", "1234")
    monkeypatch.chdir(tmp_path)
    settings = load().settings
    assert settings.server.port == 1234
    assert settings.home == tmp_path


def test_the_nearer_place_wins(tmp_path: Path) -> None:
    (tmp_path / "smarterrouter.yaml").write_text(
        "settings: {port: 1, log_level: debug, max_messages: 1, ROUTER_HOST: localhost}"
    )
    (tmp_path / ".env").write_text("ROUTER_PORT=2\nROUTER_MAX_MESSAGES=2\nexport ROUTER_MODEL_PREFIX='a$b'\n")
    (tmp_path / ".env.local").write_text("ROUTER_PORT=3\nROUTER_MAX_MESSAGES=3\n")
    settings = load({"ROUTER_PORT": "4"}, tmp_path).settings
    assert (settings.server.port, settings.server.max_messages) == (4, 3)
    assert (settings.observability.log_level, settings.server.host) == ("DEBUG", "localhost")
    assert settings.backends.model_prefix == "a$b"
    assert settings.set_names == {
        f"ROUTER_{name}" for name in ("PORT", "LOG_LEVEL", "MAX_MESSAGES", "HOST", "MODEL_PREFIX")
    }


def test_the_files_can_have_other_names_and_places(tmp_path: Path) -> None:
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    (elsewhere / "prod.env").write_text("ROUTER_PORT=5\nROUTER_CONFIG_FILE=other.yaml\n")
    (elsewhere / "prod.env.local").write_text("ROUTER_HOST=::1\n")
    (tmp_path / "other.yaml").write_text("aliases: {fast: a/b}")
    settings = load({"ROUTER_ENV_FILE": "etc/prod.env"}, tmp_path).settings
    assert (settings.server.port, settings.server.host) == (5, "::1")
    assert settings.file.aliases == {"fast": ["a/b"]}
    assert settings.home == elsewhere


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    found = problems(tmp_path, {"ROUTER_ENV_FILE": "gone.env", "ROUTER_CONFIG_FILE": "gone.yaml"})
    assert [text.split(":")[0] for text in found] == ["ROUTER_ENV_FILE", "ROUTER_CONFIG_FILE"]


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ROUTER_PORT=\xff\xfe\n")
    (tmp_path / "smarterrouter.yaml").mkdir()
    assert [text.partition(" (")[0] for text in problems(tmp_path, {})] == [
        ".env: cannot be read",
        "smarterrouter.yaml: cannot be read",
    ]


def test_a_line_that_is_no_setting_is_reported_with_its_number(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# fine\nROUTER_PORT=1\nwhat is this\nROUTER_HOST\n")
    loaded = load({}, tmp_path)
    assert loaded.warnings == (".env, line 3: is not NAME=value and is ignored",)
    assert (loaded.settings.server.port, loaded.settings.server.host) == (1, "127.0.0.1")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ROUTER_PORT=1\n", encoding="utf-8-sig")
    assert load({}, tmp_path).settings.server.port == 1


def test_names_in_small_letters_are_read_and_capitals_win(tmp_path: Path) -> None:
    assert load({"router_port": "1"}, tmp_path).settings.server.port == 1
    assert load({"ROUTER_PORT": "2", "router_port": "1"}, tmp_path).settings.server.port == 2


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "smarterrouter.yaml").write_text("backends: [{name: a}]\nsettings: {prot: 5}\n")
    found = problems(
        tmp_path,
        {
            "ROUTER_PORT": "abc",
            "ROUTER_LOG_FORMAT": "xml",
            "ROUTER_OLLAMA_URL": "localhost:11434",
            "ROUTER_QUALITY_PREFERENCE": "2",
        },
    )
    assert sorted(found) == [
        "ROUTER_LOG_FORMAT: 'xml' is not one of: text, json",
        "ROUTER_OLLAMA_URL: must begin with http:// or https://",
        "ROUTER_PORT: 'abc' is not a whole number from 0 to 65535",
        "ROUTER_QUALITY_PREFERENCE: '2' is not a number from 0 to 1",
        "smarterrouter.yaml: backends[0].kind: is missing",
        "smarterrouter.yaml: settings.prot: there is no such setting. Did you mean port?",
    ]


def test_settings_that_contradict_each_other_are_problems(tmp_path: Path) -> None:
    found = problems(tmp_path, {"ROUTER_CORS_ORIGINS": "*", "ROUTER_CORS_ALLOW_CREDENTIALS": "true"})
    assert found == ("ROUTER_CORS_ALLOW_CREDENTIALS: cannot be true while ROUTER_CORS_ORIGINS is *; name the origins",)


def test_secrets_never_show(tmp_path: Path) -> None:
    (tmp_path / "smarterrouter.yaml").write_text(
        "backends: [{name: a, kind: openai, api_key: hunter2, headers: {x: hunter2}, url: 'http://u:hunter2@h'}]"
    )
    given = {f"ROUTER_{name}": "hunter2" for name in SECRETS}
    given |= {"ROUTER_DATABASE_URL": "postgresql://u:hunter2@db/x", "ROUTER_OPENAI_BASE_URL": "http://u:hunter2@h"}
    loaded = load(given, tmp_path)
    assert "hunter2" not in f"{loaded!r} {loaded.settings} {loaded.warnings}"
    broken = {
        **{name: value + "\n\x00" for name, value in given.items()},
        "ROUTER_DATABASE_URL": "mysql://u:hunter2@db/x",
        "ROUTER_OLLAMA_URL": "hunter2",
        "ROUTER_REDIS_URL": "hunter2",
    }
    text = "\n".join(problems(tmp_path, broken))
    assert "hunter2" not in text
    assert all(f"ROUTER_{name}:" in text for name in SECRETS)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ROUTER_OLAMA_URL", "ROUTER_OLLAMA_URL"),
        ("ROUTER_CORS_ALLOWED_ORIGINS", "ROUTER_CORS_ORIGINS"),
        ("ROUTER_PROFILE_CONCURRENCY", "ROUTER_PROFILE_PARALLEL_COUNT"),
        ("ROUTER_DEFAULT_EMBEDDING_MODEL", "ROUTER_EMBED_MODEL"),
    ],
)
def test_unknown_names_are_reported_with_the_nearest_right_one(tmp_path: Path, wrong: str, right: str) -> None:
    assert load({wrong: "x", "OTHER": "y"}, tmp_path).warnings == (
        f"{wrong} is not a setting and is ignored. Did you mean {right}?",
    )


def test_names_that_wait_are_reported(tmp_path: Path) -> None:
    loaded = load({"ROUTER_CACHE_TTL_SECONDS": "5", "ROUTER_CACHE_ENABLED": ""}, tmp_path)
    assert loaded.settings.cache.cache_ttl_seconds == 5
    assert loaded.warnings == ("ROUTER_CACHE_TTL_SECONDS: accepted, has no effect yet (comes with the caches)",)


def test_the_other_name_of_the_patterns_is_read(tmp_path: Path) -> None:
    given = {"ROUTER_MODEL_CAPABILITY_PATTERNS": '{"vision": ["a*"]}'}
    assert load(given, tmp_path).settings.discovery.modality_custom_patterns == {"vision": ("a*",)}
    given["ROUTER_MODALITY_CUSTOM_PATTERNS"] = '{"tools": ["b*"]}'
    loaded = load(given, tmp_path)
    assert loaded.settings.discovery.modality_custom_patterns == {"tools": ("b*",)}
    assert loaded.warnings == ()


def test_relative_paths_do_not_depend_on_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / ".env").write_text("ROUTER_DATABASE_URL=sqlite:///db/x.db\nROUTER_PROVIDER_DB_PATH=/abs/p.db\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    settings = load({"ROUTER_ENV_FILE": str(project / ".env")}).settings
    assert settings.database.database_url == f"sqlite:///{project.as_posix()}/db/x.db"
    assert settings.data_dir == project / "db"
    assert settings.backends.local_models_dir == project / "data/models"
    assert settings.provider_db.provider_db_path == Path("/abs/p.db")


def test_without_files_paths_start_where_the_gateway_was_started(tmp_path: Path) -> None:
    settings = load({}, tmp_path).settings
    assert settings.home == tmp_path
    assert settings.database.database_url == f"sqlite:///{tmp_path.as_posix()}/data/router.db"
    assert settings.data_dir == tmp_path / "data"


def test_the_yaml_file_alone_is_a_home_too(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.yaml").write_text("")
    assert load({"ROUTER_CONFIG_FILE": "conf/my.yaml"}, tmp_path).settings.home == tmp_path / "conf"


def names_now(files: Files | None, environment: Mapping[str, str]) -> list[str]:
    assert files is not None
    found = reread_rules(files, environment)
    assert found.problems == []
    return [rule.name for rule in found.rules.rules]


def test_rules_are_read_again_from_where_they_came_from(tmp_path: Path) -> None:
    path = tmp_path / "conf" / "my.yaml"
    path.parent.mkdir()
    path.write_text("routing: {rules: [{name: a, deny: x}]}")
    (tmp_path / "my.env").write_text("ROUTER_CONFIG_FILE=conf/my.yaml\nNAME=from-file\n")
    loaded = load({"ROUTER_ENV_FILE": "my.env"}, tmp_path).settings
    assert loaded.files == (tmp_path / "my.env", path)
    assert [rule.name for rule in loaded.file.routing.rules] == ["a"]
    path.write_text("settings: {port: 1}\nbackends: broken\nrouting: {rules: [{name: '${NAME}', deny: x}]}")
    assert names_now(loaded.files, {}) == ["from-file"]
    assert names_now(loaded.files, {"NAME": "from-process"}) == ["from-process"]


def test_rules_that_cannot_be_read_again_are_problems(tmp_path: Path) -> None:
    files = load({}, tmp_path).settings.files
    assert files is not None
    assert reread_rules(files, {}).problems == [f"smarterrouter.yaml: there is no file {files.config_file}"]
    files.config_file.write_bytes(b"\xff\xfe\x00")
    assert reread_rules(files, {}).problems == ["smarterrouter.yaml: cannot be read (UnicodeDecodeError)"]
    files.config_file.write_text("routing: {rules: [{name: a, max_price: 1, deny: '${GONE}'}, {name: b}]}")
    missing, useless = reread_rules(files, {}).problems
    assert missing == "smarterrouter.yaml: routing.rules[0].deny: the environment has no value for GONE"
    assert useless.startswith("smarterrouter.yaml: routing.rules[1]: does nothing; give it allow")


def test_a_file_is_laid_over_settings_whatever_else_had_set_them(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ROUTER_QUALITY_PREFERENCE=0.2\nROUTER_TEMPERATURE=0.7\nNAME=x*\n")
    (tmp_path / "smarterrouter.yaml").write_text("aliases: {mine: a}\nrouting: {rules: [{name: old, deny: y}]}")
    settings = load({}, tmp_path).settings
    path = tmp_path / "new.yaml"
    path.write_text("settings: {quality_preference: 0.9}\nrouting: {rules: [{name: new, deny: '${NAME}'}]}")
    over = overlaid(settings, path, {})
    assert (over.routing.quality_preference, over.routing.temperature) == (0.9, 0.7)
    assert [rule.name for rule in over.file.routing.rules] == ["new"]
    assert over.file.routing.rules[0].deny == ("x*",)
    assert over.database == settings.database
    assert settings.routing.quality_preference == 0.2


def test_a_file_that_cannot_be_laid_over_tells_every_problem(tmp_path: Path) -> None:
    settings = load({}, tmp_path).settings
    path = tmp_path / "new.yaml"
    with pytest.raises(SettingsError, match="there is no file"):
        overlaid(settings, path, {})
    path.write_text("settings: {quality_preference: 7, no_such: 1}\nbackend: []")
    with pytest.raises(SettingsError) as caught:
        overlaid(settings, path, {})
    assert len(caught.value.problems) == 3
