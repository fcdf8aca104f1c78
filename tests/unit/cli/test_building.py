import pytest

from smarterrouter.bootstrap import House
from smarterrouter.cli.building import house_or_exit
from smarterrouter.settings.loading import load

NONSENSE = "backends:\n  - name: one\n    kind: nonsense\n    url: http://127.0.0.1:1\n"


def loaded(folder, **given):
    return load({f"ROUTER_{name}": value for name, value in {"OFFLINE": "true", **given}.items()}, folder)


async def test_a_house_is_built(folder):
    house = house_or_exit(loaded(folder))
    assert isinstance(house, House)
    await house.stop()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DATABASE_URL": "sqlite:///file/router.db"}, "admin key cannot be kept"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "The database must be a file"),
        ({}, "there is no kind nonsense"),
    ],
)
def test_what_cannot_be_built_is_told_and_ends_the_command(folder, capsys, given, words):
    (folder / "file").write_text("")
    (folder / "smarterrouter.yaml").write_text("" if given else NONSENSE)
    with pytest.raises(SystemExit) as caught:
        house_or_exit(loaded(folder, **given))
    assert caught.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert words in said
    assert "Traceback" not in said
