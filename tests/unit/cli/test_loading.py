import pytest

from smarterrouter.cli.loading import leave, settings_or_exit


@pytest.mark.usefixtures("folder")
def test_good_settings_are_handed_over(monkeypatch):
    monkeypatch.setenv("ROUTER_PORT", "1234")
    assert settings_or_exit().settings.server.port == 1234


@pytest.mark.usefixtures("folder")
def test_every_problem_is_printed_at_once(monkeypatch, capsys):
    monkeypatch.setenv("ROUTER_PORT", "many")
    monkeypatch.setenv("ROUTER_LOG_LEVEL", "[/loud]")
    with pytest.raises(SystemExit) as caught:
        settings_or_exit()
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "ROUTER_PORT" in said
    assert "ROUTER_LOG_LEVEL" in said
    assert "generate-env" in said


def test_what_looks_like_markup_is_printed_as_it_is(capsys):
    with pytest.raises(SystemExit):
        leave(["X is [/bold] and [red]"])
    assert "X is [/bold] and [red]" in capsys.readouterr().err
