import os
import shutil

import pytest
from tests.doubles.tiny_models import tiny_model
from tests.unit.inference.test_gguf import ARCHITECTURE, entry, model, text

from smarterrouter.inference.shelf import Shelf


@pytest.fixture
def models(tmp_path):
    directory = tmp_path / "models"
    (directory / "family").mkdir(parents=True)
    shutil.copy(tiny_model(), directory / "plain.gguf")
    shutil.copy(tiny_model(), directory / "family" / "inner-Q4_K_M.gguf")
    return directory


def test_models_are_named_after_their_files(models):
    found = Shelf(models, None).scan()
    assert set(found) == {"plain", "family/inner-Q4_K_M"}
    assert found["plain"].path == models / "plain.gguf"
    assert not found["plain"].test


def test_what_is_no_model_is_left_out(models, caplog):
    (models / "notes.txt").write_text("x")
    (models / "broken.gguf").write_bytes(b"GGUF")
    (models / "eyes.gguf").write_bytes(model(entry("general.architecture", 8, text("clip"))))
    (models / "lora.gguf").write_bytes(model(ARCHITECTURE, entry("general.type", 8, text("adapter"))))
    (models / ".hidden").mkdir()
    shutil.copy(tiny_model(), models / ".hidden" / "x.gguf")
    (models / "gone.gguf").symlink_to(models / "nowhere")
    shelf = Shelf(models, None)
    assert set(shelf.scan()) == {"plain", "family/inner-Q4_K_M"}
    assert "broken.gguf is not a model that can be served" in caplog.text
    caplog.clear()
    shelf.scan()
    assert "broken.gguf" not in caplog.text  # said once


def test_a_changed_file_is_read_again(models):
    shelf = Shelf(models, None)
    before = shelf.scan()["plain"]
    shutil.copy(tiny_model(context=8192), models / "plain.gguf")
    os.utime(models / "plain.gguf", ns=(1, 1))
    assert before.header.context_tokens == 4096
    assert shelf.scan()["plain"].header.context_tokens == 8192


def test_a_model_in_several_files_is_one(models):
    part = model(ARCHITECTURE, entry("split.count", 2, b"\x02\0"))
    for number in (1, 2):
        (models / f"big-0000{number}-of-00002.gguf").write_bytes(part)
    found = Shelf(models, None).scan()["big"]
    assert found.path.name == "big-00001-of-00002.gguf"
    assert found.size_bytes == 2 * len(part)
    assert found.offer("local", 1024, loaded=False).parameters_b is None


def test_test_models_say_so_and_give_way_to_the_users(models, tmp_path):
    tests = tmp_path / "tests"
    tests.mkdir()
    shutil.copy(tiny_model(), tests / "plain.gguf")
    shutil.copy(tiny_model(), tests / "sample.gguf")
    found = Shelf(models, tests).scan()
    assert found["plain"].path.parent == models
    assert found["sample"].offer("local", 1024, loaded=True).test
    assert not found["plain"].offer("local", 1024, loaded=True).test


def test_no_directory_is_an_empty_shelf(tmp_path):
    assert Shelf(None, tmp_path / "nowhere").scan() == {}


@pytest.mark.parametrize(("wanted", "granted"), [(256, 256), (257, 512), (4096, 4096), (9000, 4096)])
def test_context_is_rounded_up_as_llama_cpp_does_and_never_past_the_model(models, wanted, granted):
    assert Shelf(models, None).scan()["plain"].offer("local", wanted, loaded=False).context_tokens == granted


def test_an_offer_says_what_the_header_says(models):
    offer = Shelf(models, None).scan()["plain"].offer("local", 1024, loaded=True)
    assert (offer.backend, offer.name, offer.loaded, offer.local) == ("local", "plain", True, True)
    assert offer.capabilities == {"chat", "json", "tools", "thinking"}
    assert offer.denied == {"vision", "embeddings"}
    assert (offer.family, offer.quantisation) == ("llama", "F32")
    assert offer.size_bytes == tiny_model().stat().st_size
    assert offer.created > 0
