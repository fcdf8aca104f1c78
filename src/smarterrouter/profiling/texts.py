"""What an answer says once thinking, fences and decoration are off. All of it takes time linear in the text."""

import re
import unicodedata

LONGEST = 60_000
"""Characters of an answer that are looked at, from its end."""

_CLOSERS = ("</think>", "</thinking>", "</reasoning>", "◁/think▷", "<|channel|>final<|message|>", "[/THINK]")
_OPENERS = ("<think>", "<thinking>", "<reasoning>", "◁think▷", "<|channel|>analysis", "[THINK]")
_MARK = re.compile(
    r"(?:the |my |die |la )?(?:final |short )?(?:answer|result|antwort|respuesta|réponse|risposta)"
    r"(?: is)?\s?[:=：]\s?(.*)",  # noqa: RUF001 - the wide colon of East Asian keyboards
    re.IGNORECASE,
)
_BOXED = re.compile(r"\\boxed\{([^{}]{0,200}(?:\{[^{}]{0,100}\}[^{}]{0,100}){0,4})\}")
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)[^\n`]{0,40}$", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")  # noqa: RUF001 - the apostrophe of typography
# The look behind and the greedy `++` keep a long row of marks from being tried from each of its places.
_SENTENCE_END = re.compile(r"(?<![.!?…。！？])[.!?…。！？]++[\"'”’»)]*+(?=\s|$)")  # noqa: RUF001
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_DECORATION = "*_#>`~ \t"
_EDGES = " \t\r\n.,;:!?\"'`*_“”‘’«»()[]{}<>$"  # noqa: RUF001 - quotation marks of typography


def spoken(text: str) -> str:
    """The answer without thinking; empty when the thinking never ended."""
    text = text[-LONGEST:]
    ends = [(place, mark) for mark in _CLOSERS if (place := text.rfind(mark)) >= 0]
    if ends:
        place, mark = max(ends)
        text = text[place + len(mark) :]
        return text.removesuffix("<|return|>").strip()
    starts = [place for mark in _OPENERS if (place := text.find(mark)) >= 0]
    return text[: min(starts)].strip() if starts else text.strip()


def unfenced(text: str) -> str:
    """The inside of the longest Markdown fence; the text itself when it has none. An open fence goes to the end."""
    marks = list(_FENCE.finditer(text))
    if not marks:
        return text
    blocks = [
        text[mark.end() : marks[number + 1].start() if number + 1 < len(marks) else len(text)]
        for number, mark in enumerate(marks)
        if number % 2 == 0
    ]
    return max(blocks, key=len).strip("\n")


def final(text: str) -> tuple[str, bool]:
    """What stands behind the last `Answer:`, and whether there was one; otherwise the last line that says anything."""
    bare = spoken(text).replace("**", "").replace("__", "")
    lines = [line.strip(_DECORATION) for line in bare.splitlines()]
    lines = [line for line in lines if line]
    for number in range(len(lines) - 1, -1, -1):
        if found := _MARK.match(lines[number]):
            said = found[1].strip(_DECORATION) or "\n".join(lines[number + 1 :])
            return _unboxed(said), True
    last = lines[-1] if lines else ""
    return _unboxed(last), last != _unboxed(last)


def _unboxed(text: str) -> str:
    boxes = _BOXED.findall(text[-2_000:])
    return str(boxes[-1]) if boxes else text


def plain(text: str) -> str:
    """For comparing: one case, one kind of space, no decoration around it, no article in front."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_EDGES)
    return text.removeprefix("the ").strip(_EDGES)


def exactly(text: str) -> str:
    """For comparing where case and punctuation count: no spaces, backticks or quotes around it."""
    text = unicodedata.normalize("NFC", text).strip(" \t\r\n*`")
    quoted = len(text) > 1 and text[0] in "\"'“" and text[-1] in "\"'”"
    return " ".join((text[1:-1] if quoted else text).split())


def block(text: str) -> tuple[str, ...]:
    """The whole answer, line by line, without fences, blank lines and spaces at line ends."""
    lines = (unicodedata.normalize("NFC", line).strip(" \t\r`") for line in unfenced(spoken(text)).splitlines())
    return tuple(line for line in lines if line)


def prose(text: str) -> str:
    """The whole answer as text that is to be counted: no fences, no bold marks."""
    return unicodedata.normalize("NFC", unfenced(spoken(text))).replace("**", "").replace("__", "").strip()


def words(text: str) -> list[str]:
    """Letters and digits, held together by apostrophes and hyphens."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Split behind the marks that end a sentence; what has no word in it is none."""
    return [part for part in _SENTENCE_END.split(text) if words(part)]


def paragraphs(text: str) -> list[str]:
    """Split at blank lines."""
    return [part.strip() for part in _PARAGRAPH.split(text) if part.strip()]


def lines(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line.strip() for line in text.splitlines() if line.strip()]
