"""In which language a text is written, where its letters betray it: a word of evidence, and no more than that.

A text of ASCII alone counts as English and costs nothing here. Other scripts are known by their letters; languages in
Latin letters by their commonest small words, of which two are wanted.
"""

import re
from collections import Counter

from smarterrouter.routing.learned.words import as_bytes, word, words_of

_SCRIPTS = {
    "Japanese": "\u3041-\u30ff",
    "Korean": "\uac00-\ud7a3\u1100-\u11ff",
    "Chinese": "\u3400-\u9fff",
    "Cyrillic letters": "\u0400-\u052f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arabic letters": "\u0600-\u06ff\u0750-\u077f",
    "Hebrew": "\u0590-\u05ff",
    "an Indian script": "\u0900-\u0dff",
    "Thai": "\u0e00-\u0e7f",
}
"""By letters that others do not use; Japanese before Chinese, whose signs it uses too."""
_WORDS = {
    "German": "der das und ist nicht ein eine einen mit für von auf wie ich den dem sich auch sind oder wenn über zum",
    "French": "le les des une est pas pour dans qui quelle avec sur vous et du au je ce cette comment ma mon",
    "Spanish": "el los las una es por para con qué cómo del que un y su mi fue sobre más",
    "Portuguese": "os uma não para com é que um da em por você mais como são ao",
    "Italian": "il gli una è che di del della un non sono più perché questo",
    "Dutch": "het een en niet voor zijn ik dat te zou wat deze naar",
    "Polish": "jest nie jak czy dla oraz jakie",
    "Turkish": "bir ve için bu ile ne çok",
}
"""Small words that English does not have, in letters of Latin-1."""
EVIDENCE = tuple([f"in {name}" for name in (*_SCRIPTS, *_WORDS)])
_FOREIGN = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_SCRIPT_OF = tuple([re.compile(f"[{signs}]") for signs in _SCRIPTS.values()])
_KANA = _SCRIPT_OF[0]
_LANGUAGES_OF: dict[bytes, list[str]] = {}
for _name, _block in _WORDS.items():
    for _small in _block.split():
        _LANGUAGES_OF.setdefault(word(_small), []).append(_name)
_SMALL_WORDS = frozenset(_LANGUAGES_OF)


def language_of(text: str) -> tuple[str, ...]:
    """The entry of `EVIDENCE` for a short text; empty where it is English or cannot be told."""
    if text.isascii():
        return ()
    if (found := _FOREIGN.search(text)) is not None:
        place = next(place for place, script in enumerate(_SCRIPT_OF) if script.match(found[0]))
        return (EVIDENCE[0 if _KANA.search(text) else place],)
    hits = set(words_of(as_bytes(text.lower()))) & _SMALL_WORDS
    said = Counter([name for hit in hits for name in _LANGUAGES_OF[hit]]).most_common(2)
    if not said or said[0][1] < 2 or (len(said) > 1 and said[0][1] == said[1][1]):
        return ()
    return (f"in {said[0][0]}",)
