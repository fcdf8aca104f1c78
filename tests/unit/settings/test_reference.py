from pathlib import Path

from smarterrouter.settings import reference
from smarterrouter.settings.file import BackendEntry
from smarterrouter.settings.groups import SETTINGS, Settings
from smarterrouter.settings.loading import load
from smarterrouter.settings.pending import PENDING

CHECKOUT = Path(__file__).parents[3]


def test_the_generated_files_are_fresh() -> None:
    assert reference.stale(CHECKOUT) == []


def test_copying_the_template_changes_nothing_and_warns_of_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text((CHECKOUT / "ENV_DEFAULT").read_text(encoding="utf-8"), encoding="utf-8")
    loaded = load({}, tmp_path)
    (tmp_path / ".env").unlink()
    assert loaded == load({}, tmp_path)
    assert loaded.warnings == ()


def test_every_line_of_the_template_holds_the_default(tmp_path: Path) -> None:
    lines = reference.env_template().splitlines()
    (tmp_path / ".env").write_text("\n".join(line.removeprefix("#") for line in lines if line.startswith("#ROUTER_")))
    loaded = load({}, tmp_path)
    (tmp_path / ".env").unlink()
    plain = load({}, tmp_path).settings
    assert loaded.settings.model_copy(update={"set_names": frozenset()}) == plain
    assert all("has no effect yet" in warning for warning in loaded.warnings)


def test_every_setting_stands_once_in_both() -> None:
    template, page = reference.env_template().splitlines(), reference.settings_page()
    for name in SETTINGS:
        assert sum(line.startswith(f"#{name}=") for line in template) == 1, name
        assert page.count(f"| `{name}` |") == 1, name


def test_names_that_wait_are_marked() -> None:
    rows = {line.split("`")[1]: line for line in reference.settings_page().splitlines() if line.startswith("| `")}
    assert {name for name, row in rows.items() if "*Later, with" in row} == set(PENDING)


def test_the_page_explains_the_file_by_an_example_that_works(tmp_path: Path) -> None:
    page = reference.settings_page()
    (tmp_path / "smarterrouter.yaml").write_text(page.split("```yaml")[1].split("```")[0])
    loaded = load({"GROQ_API_KEY": "k"}, tmp_path)
    assert [backend.name for backend in loaded.settings.file.backends] == ["workstation", "groq"]
    assert loaded.warnings == ()
    assert all(f"| `{name}` |" in page for name in BackendEntry.model_fields)


def test_a_changed_or_missing_file_is_stale_until_it_is_written_anew(tmp_path: Path) -> None:
    assert reference.stale(tmp_path) == list(reference.GENERATED)
    reference.refresh(tmp_path)
    assert reference.stale(tmp_path) == []
    (tmp_path / "ENV_DEFAULT").write_text("x")
    assert reference.stale(tmp_path) == ["ENV_DEFAULT"]


def test_no_default_is_a_secret() -> None:
    assert "**********" not in repr(Settings())
