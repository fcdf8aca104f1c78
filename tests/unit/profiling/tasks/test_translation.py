from smarterrouter.profiling.base import TRANSLATION, Answer
from smarterrouter.profiling.tasks import instructions
from smarterrouter.profiling.verifiers import verify

FOUND = [template for template in instructions.TEMPLATES if TRANSLATION in template.flags]


def test_there_are_four_languages_and_numbers():
    assert {template.id.split("/")[1].rsplit("-", 1)[0] for template in FOUND} == {
        "german",
        "french",
        "spanish",
        "italian",
        "spoken-number",
    }


def test_the_english_text_is_no_translation():
    for template in FOUND:
        for seed in range(10):
            task = template.make(seed)
            english = task.messages[0]["content"].split('"')[1] if '"' in task.messages[0]["content"] else "78"
            assert not verify(task.check, Answer(text=f"Answer: {english}")).passed
