"""Conversation and writing under constraints that a program can check.

The texts that serve as right answers here keep the rules and nothing else: they are made of drawn words, for the tests.
"""

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import LANGUAGE
from smarterrouter.profiling.checks import Rule
from smarterrouter.profiling.drafts import Draft, Family, Rng, templates, writing
from smarterrouter.profiling.tasks.words import CITIES, NAMES, THINGS, TOPICS

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_FILLERS = {letter: next((one for one in THINGS if one[0] == letter), f"{letter}el") for letter in _ALPHABET}
_LANGUAGES = {
    "de": ("German", "Das ist ein kleiner Brief und er ist nicht lang"),
    "fr": ("French", "Il est tard et je suis avec vous dans la maison"),
    "es": ("Spanish", "La casa es muy grande y el perro no está en ella"),
    "it": ("Italian", "La sera è molto bella e non sono alla stazione"),
}


def _words(rng: Rng, count: int) -> list[str]:
    return [rng.choice(THINGS) for _ in range(count)]


def _sentence(rng: Rng, count: int, end: str = ".") -> str:
    return " ".join(_words(rng, count)).capitalize() + end


def note(rng: Rng, level: int) -> Draft:
    """A short message with a few conditions."""
    name, city, thing = rng.choice(NAMES), rng.choice(CITIES), rng.choice(THINGS)
    most = rng.randint(25, 40)
    rules = [Rule("include", words=(name, city, thing)), Rule("count", 1, most, unit="words")]
    text = f"Write a friendly message of at most {most} words to {name} about a {thing} found in {city}."
    if level:
        rules += [Rule("questions", 1, 1), Rule("without", text="!,"), Rule("count", 3, 3, unit="sentences")]
        text += " Exactly three sentences, exactly one of them a question. No exclamation marks and no commas."
    right = f"Dear {name} we found a {thing}. It lies in {city}. Do you want it?"
    return writing(text, rules, right, (right.replace(city, "town"), f"{right} {_sentence(rng, 41)}"), max_tokens=100)


def story(rng: Rng, level: int) -> Draft:
    """Sentences that begin in a set way."""
    count = (4, 5, 8)[level]
    start = rng.randrange(20 - count)
    letters = _ALPHABET[start : start + count]
    topic = rng.choice(TOPICS)
    parts = [f"{_FILLERS[letter].capitalize()} {' '.join(_words(rng, 5))}." for letter in letters]
    if level == 0:
        text = f"Tell a story about {topic} in exactly {count} sentences."
        return writing(
            text, [Rule("count", count, count, unit="sentences")], " ".join(parts), (" ".join(parts[1:]), "No.")
        )
    rules = [Rule("acrostic", text=letters, unit="sentences")]
    text = (
        f"Tell a story about {topic} in exactly {count} sentences. The first begins with the letter "
        f"{letters[0].upper()}, and "
        f"each of the next with the following letter of the alphabet."
    )
    return writing(text, rules, " ".join(parts), (" ".join(parts[::-1]), " ".join(parts[:-1])))


def verse(rng: Rng, level: int) -> Draft:
    """Lines that end with given words."""
    ends = rng.sample(THINGS, (2, 4)[level])
    lines = [f"{_sentence(rng, 4, '')} {end}" for end in ends]
    rules = [Rule("endings", words=tuple(ends))]
    text = (
        f"Write a poem of {len(ends)} lines about {rng.choice(TOPICS)}. The lines end, in this order, "
        f"with: {', '.join(ends)}."
    )
    if level:
        rules += [Rule("counts", counts=(5,) * 4), Rule("distinct", high=2)]
        text += " Every line has exactly five words; no word occurs more than twice in the poem."
        lines = [" ".join([*rng.sample(THINGS[place * 7 : place * 7 + 7], 4), end]) for place, end in enumerate(ends)]
    wrong = ("\n".join(lines[::-1]), "\n".join([*lines, "The end it is"]))
    return writing(text, rules, "\n".join(lines), wrong, max_tokens=120)


def letter(rng: Rng, level: int) -> Draft:
    """A letter with fixed parts."""
    name, sender = rng.sample(NAMES, 2)
    starts = ("First", "However", "Finally") if level else ("First", "Finally")
    middle = "\n\n".join(f"{start}, {_sentence(rng, 8)}" for start in starts)
    right = f"Dear {name},\n\n{middle}\n\nYours, {sender}"
    rules = [
        Rule("openings", words=(f"Dear {name}", *starts, "Yours"), unit="paragraphs"),
        Rule("ends", text=sender),
        Rule("count", 15, (120, 60)[level], unit="words"),
    ]
    listed = ", ".join(f'"{start}"' for start in starts)
    text = (
        f"Write a letter to {name} from {sender} about {rng.choice(TOPICS)}, with at most "
        f"{(120, 60)[level]} words. Paragraphs "
        f'are divided by blank lines: "Dear {name}," then paragraphs that begin with {listed}, then a last one '
        f'"Yours, {sender}".'
    )
    if level:
        rules.append(Rule("exclude", words=("very", "really", "I")))
        text += ' Do not use the words "very", "really" and "I".'
    return writing(text, rules, right, (right.replace("\n\n", "\n"), right.replace("Finally", "Last")), max_tokens=220)


def dialogue(rng: Rng, level: int) -> Draft:
    """Two people in turn."""
    one, two = rng.sample(NAMES, 2)
    turns, most = (4, 6)[level], (20, 8)[level]
    lines = [f"{(one, two)[place % 2]}: {_sentence(rng, 5)}" for place in range(turns)]
    rules = [
        Rule("speakers", words=(one, two)),
        Rule("count", turns, turns),
        Rule("each_count", 2, most + 1),
    ]
    text = (
        f"Write a dialogue of {turns} lines about {rng.choice(TOPICS)}. {one} begins, then {one} and {two} "
        f"take turns; every line "
        f'has the form "Name: words" and at most {most} words behind the colon.'
    )
    if level:
        rules.append(Rule("questions", 3, 3))
        lines = [line.rstrip(".") + ("?" if place < 3 else ".") for place, line in enumerate(lines)]
        text += " There are exactly three question marks in it."
    return writing(text, rules, "\n".join(lines), ("\n".join(lines[1:]), "\n".join([*lines, f"{one}: Good bye."])))


def alliteration(rng: Rng, level: int) -> Draft:
    """All words with one letter."""
    first = rng.choice("bcdfhlmprst")
    low, high = ((5, 12), (10, 14))[level]
    bank = sorted(
        {one for one in THINGS if one[0] == first}
        | {f"{first}{tail}" for tail in ("at", "ine", "olly", "ust", "elt", "oom")}
    )
    words = (bank * 3)[:high] if level == 0 else bank * 2
    words = words[: low + 1]
    text = f"Write a sentence of {low} to {high} words in which every word begins with the letter {first.upper()}."
    rules = [Rule("each_starts", text=first, unit="words"), Rule("count", low, high, unit="words")]
    if level:
        rules.append(Rule("distinct"))
        text += " No word may occur twice."
        words = list(dict.fromkeys([*bank, *(f"{first}{tail}" for tail in ("ag", "ell", "it", "ot", "ub", "all"))]))[
            : low + 1
        ]
    right = " ".join(words).capitalize() + "."
    other = "xylo" if first != "x" else "a"
    return writing(text, rules, right, (right[:-1] + f" {other}.", first.upper() + "."), max_tokens=60)


def taboo(rng: Rng, level: int) -> Draft:
    """Describing something without the words everyone would use."""
    subject, banned = rng.choice(
        (
            ("a bicycle", ("bicycle", "bike", "wheel", "wheels", "ride", "pedal", "pedals", "riding")),
            ("coffee", ("coffee", "drink", "cup", "bean", "beans", "caffeine", "hot", "brew")),
            ("winter", ("winter", "snow", "cold", "ice", "season", "freezing", "january", "december")),
            ("a library", ("library", "book", "books", "read", "reading", "borrow", "shelf", "shelves")),
            ("the Moon", ("moon", "night", "sky", "earth", "orbit", "lunar", "tide", "satellite")),
            ("music", ("music", "song", "songs", "sound", "sounds", "listen", "instrument", "melody")),
        )
    )
    low, high = ((15, 40), (18, 22))[level]
    right = " ".join(word for word in _words(rng, low + 2) if word not in banned).capitalize() + "."
    rules = [Rule("exclude", words=banned), Rule("count", low - 3, high, unit="words")]
    text = f"Describe {subject} in {low} to {high} words without any of these: {', '.join(banned)}."
    if level:
        rules += [Rule("count", 1, 1, unit="sentences"), Rule("each_starts", text=right[0], unit="sentences")]
        text += f" Write one single sentence that begins with the letter {right[0]}."
    return writing(text, rules, right, (f"{right[:-1]} {banned[0]}.", "Short."), max_tokens=100)


def slogan(rng: Rng, level: int) -> Draft:
    """Few characters."""
    thing, most = rng.choice(THINGS), (60, 32)[level]
    rules = [Rule("include", words=(thing,)), Rule("characters", 5, most)]
    text = f"Write a slogan with at most {most} characters, spaces included, that contains the word {thing}."
    right = f"Our {thing} is good"
    if level:
        rules += [Rule("count", 5, 5, unit="words"), Rule("case", text="lower"), Rule("without", text="!.,-'")]
        text += " Exactly five words, all in small letters, no punctuation."
        right = f"a {thing} for you all"
    return writing(text, rules, right, (right.replace(thing, "shop"), f"{right} {_sentence(rng, 12)}"), max_tokens=40)


def foreign(rng: Rng, level: int) -> Draft:
    """An answer in another language, whatever the question is in."""
    tongue = rng.choice(sorted(_LANGUAGES))
    name, base = _LANGUAGES[tongue]
    city = rng.choice(CITIES)
    low, high = ((8, 30), (20, 24))[level]
    filler = base.split()
    words = [*filler, *(filler * 2)[: max(low - len(filler), 0)], city]
    right = " ".join(words) + "."
    rules = [Rule("language", text=tongue), Rule("include", words=(city,)), Rule("count", low, high, unit="words")]
    text = f"Write {low} to {high} words in {name} about {rng.choice(TOPICS)}, and mention the city {city}."
    if level:
        rules.append(Rule("count", 1, 1, unit="sentences"))
        text += " It must be one single sentence."
    return writing(
        text, rules, right, ("The day was fine and I am in the " + city, right.replace(city, "")), max_tokens=120
    )


def growing(rng: Rng, level: int) -> Draft:
    """Sentences, or words, that become longer one by one."""
    topic = rng.choice(TOPICS)
    if level == 0:
        count = rng.randint(4, 5)
        parts = [_sentence(rng, 3 + 2 * place) for place in range(count)]
        text = f"Write exactly {count} sentences about {topic}, each with more words than the one before."
        rules = [Rule("count", count, count, unit="sentences"), Rule("growing", unit="sentences")]
        return writing(text, rules, " ".join(parts), (" ".join(parts[::-1]), " ".join(parts[1:])))
    count = rng.randint(6, 8)
    words = ["a" * size for size in range(1, count + 1)]
    text = (
        f"Write one line of exactly {count} words about {topic}: the first word has 1 letter, the second "
        f"2, the third 3, and so "
        f"on. No apostrophes, no hyphens."
    )
    rules = [Rule("lengths", counts=tuple(range(1, count + 1)))]
    return writing(text, rules, " ".join(words), (" ".join(words[1:]), " ".join(words[::-1])), max_tokens=60)


def simple(rng: Rng, level: int) -> Draft:
    """Only short words."""
    longest, low, high = (5, 15, 30) if level == 0 else (4, 30, 40)
    subject = rng.choice(
        (
            "why the sky is blue",
            "how bread is made",
            "what money is for",
            "how birds fly",
            "what rain is",
            "why we sleep",
        )
    )
    pool = ("we", "see", "the", "sun", "and", "it", "is", "warm", "now", "so", "go", "out")
    right = " ".join(rng.choice(pool) for _ in range(low + 3)).capitalize() + "."
    text = (
        f"Explain {subject} in {low} to {high} words, using only words of at most {longest} letters. No "
        f"hyphens, no apostrophes."
    )
    rules = [Rule("word_letters", 1, longest), Rule("count", low, high, unit="words")]
    return writing(text, rules, right, (f"{right[:-1]} wonderful.", "We see."), max_tokens=120)


def rising(rng: Rng, level: int) -> Draft:
    """Lines in alphabetical order."""
    count, size = ((5, 0), (7, 4))[level]
    letters = sorted(rng.sample(_ALPHABET[:23], count))
    lines = [f"{_FILLERS[letter].capitalize()} {' '.join(_words(rng, 3))}" for letter in letters]
    rules = [Rule("count", count, count), Rule("rising")]
    text = (
        f"Write a poem of {count} lines about {rng.choice(TOPICS)}. The first letters of the lines follow "
        f"the alphabet: each comes "
        f"later in it than the one before."
    )
    if level:
        rules.append(Rule("counts", counts=(size,) * count))
        text += f" Every line has exactly {size} words."
    return writing(text, rules, "\n".join(lines), ("\n".join(lines[::-1]), "\n".join(lines[1:])), max_tokens=150)


_LANGUAGE = frozenset({LANGUAGE})

TEMPLATES = templates(
    Category.CHAT,
    (
        Family("note", note, (-1.8, 0.1)),
        Family("story", story, (-1.5, 0.6, 1.4)),
        Family("verse", verse, (-0.5, 1.2)),
        Family("letter", letter, (-0.6, 0.5)),
        Family("dialogue", dialogue, (-1.0, 0.8)),
        Family("alliteration", alliteration, (0.2, 1.1)),
        Family("taboo", taboo, (-0.2, 1.2)),
        Family("slogan", slogan, (-1.6, 0.3)),
        Family("foreign", foreign, (-0.8, 0.9), _LANGUAGE),
        Family("growing", growing, (0.5, 2.2)),
        Family("simple", simple, (0.7, 1.8)),
        Family("rising", rising, (0.3, 1.3)),
    ),
)
"""In the order in which they are shown."""
