import re
from pathlib import Path

from smarterrouter.profiling.constraints import LANGUAGES, RULES
from smarterrouter.profiling.schema import KEYWORDS
from smarterrouter.profiling.user_tasks import Written, read_folder

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "own-tasks.md"
TEXT = GUIDE.read_text("utf-8")


def test_the_example_of_the_guide_is_read(tmp_path):
    (tmp_path / "own.yaml").write_text(re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[1], "utf-8")
    found, problems = read_folder(tmp_path)
    assert problems == []
    assert found[0].label == "contracts"


def test_the_guide_names_everything():
    named = set(re.findall(r"`([a-z_A-Z]+)[`:]", TEXT))
    assert set(RULES) <= named
    assert set(Written.__struct_fields__) <= named
    assert named >= LANGUAGES
    assert KEYWORDS - {"title", "description"} <= named
    assert {"exact", "number", "choice", "items", "json", "tools", "code", "constraints"} <= named


def test_links_of_the_guide_lead_somewhere():
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (GUIDE.parent / link).is_file(), link
