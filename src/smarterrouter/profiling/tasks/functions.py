"""Functions to be written: what they must do in words, and drawn arguments to try them with."""

from smarterrouter.profiling.drafts import Draft, Family, Rng
from smarterrouter.profiling.tasks import solutions
from smarterrouter.profiling.tasks.coding import writing_code
from smarterrouter.profiling.tasks.words import THINGS


def _numbers(rng: Rng, count: int, low: int = -30, high: int = 60) -> list[int]:
    return [rng.randint(low, high) for _ in range(count)]


def _grid(rng: Rng, height: int, width: int) -> list[list[int]]:
    return [_numbers(rng, width, 0, 9) for _ in range(height)]


def keep(rng: Rng, level: int) -> Draft:
    """Filter and sum."""
    divisor, digit = rng.randint(3, 7), rng.randint(1, 9)
    text = (
        f"It returns the sum of the squares of those numbers in a list that are divisible by {divisor} or "
        f"end in the digit {digit}."
    )
    runs = [(_numbers(rng, size),) for size in (6, 9, 20, 12)]
    return writing_code("total", text, solutions.keep, [*runs, ([],)], (divisor, digit))


def shorten(rng: Rng, level: int) -> Draft:
    """Runs of characters."""
    most = rng.randint(2, 4)
    text = (
        f"Runs of more than {most} equal characters in the text are replaced by that character and the "
        f"length of the run; "
        f"shorter runs stay as they are."
    )
    words = ["".join(rng.choice("abc") * rng.randint(1, 7) for _ in range(6)) for _ in range(4)]
    return writing_code("shorten", text, solutions.shorten, [(word,) for word in [*words, "", "z"]], (most,))


def rank(rng: Rng, level: int) -> Draft:
    """Sorting by several keys."""
    letters = "".join(sorted(rng.sample("aeiorst", 4)))
    text = (
        f"It returns the words sorted: those with more letters out of '{letters}' (each occurrence counts) "
        f"first; of those "
        f"with equally many, the shorter first; then alphabetically."
    )
    runs = [(rng.sample(THINGS, size),) for size in (5, 12, 20)]
    return writing_code("rank", text, solutions.rank, [*runs, ([],)], (letters,))


def join_spans(rng: Rng, level: int) -> Draft:
    """Intervals."""
    gap = rng.randint(1, 4)
    text = (
        f"spans is a list of [start, end] with whole numbers. Spans that overlap, touch or are at most "
        f"{gap} apart (start of one "
        f"minus end of the other) are merged. It returns the merged spans, sorted."
    )
    runs = []
    for size in (3, 7, 12):
        starts = _numbers(rng, size, 0, 70)
        runs.append(([[start, start + rng.randint(0, 8)] for start in starts],))
    return writing_code("merge", text, solutions.join_spans, [*runs, ([],)], (gap,))


def depth(rng: Rng, level: int) -> Draft:
    """Brackets."""
    openers, closers = rng.choice((("<{", ">}"), ("[«", "]»"), ("(/", ")\\")))
    shown = " and ".join(f"{one} … {two}" for one, two in zip(openers, closers, strict=True))
    text = (
        f"Brackets in the text are {shown}. It returns the deepest nesting (0 without brackets), or -1 "
        f"when the brackets do not "
        f"match properly. All other characters are ignored."
    )
    both = openers + closers
    a, b = openers[0], openers[1]
    c, d = closers[0], closers[1]
    runs = [f"x{a}{b}y{d}{c}", f"{a}{b}{c}{d}", f"{a}{a}{b}{b}{d}{d}{c}{c}{a}{c}", f"{a}{c}{c}", "plain", f"{b}"]
    runs += ["".join(rng.choice(both) for _ in range(4)) for _ in range(3)]
    return writing_code("depth", text, solutions.depth, [(one,) for one in runs], (openers, closers))


def numeral(rng: Rng, level: int) -> Draft:
    """Other digits."""
    digits = "".join(rng.sample("abcdefghkmnprstuvwxyz", rng.randint(4, 9)))
    text = (
        f"It writes a whole number in base {len(digits)} with the digits {digits} (the first stands for 0, "
        f"the last for "
        f"{len(digits) - 1}), as a text; negative numbers get a - in front."
    )
    runs = [(n,) for n in (0, 1, len(digits), *_numbers(rng, 4, -5000, 90000))]
    return writing_code("numeral", text, solutions.numeral, runs, (digits,))


def machine(rng: Rng, level: int) -> Draft:
    """A small stack machine."""
    limit = rng.randint(60, 200)
    text = (
        "program is a list of instructions for a machine with an empty stack of whole numbers: 'push N'; "
        "'dup' (copies the top); "
        "'add', 'sub', 'mul' (take two off, b was on top of a, and push a+b, a-b or a*b)"
    )
    runs = []
    for _ in range(3):
        one, two, three = _numbers(rng, 3, 2, 20)
        runs.append(([f"push {one}", "dup", "mul", f"push {two}", "sub", f"push {three}", rng.choice(("add", "mul"))],))
    if level:
        start = rng.randint(3, 6)
        text += (
            "; 'jump N' (takes the top off and, if it is greater than 0, goes on at the instruction with "
            "index N, from 0)"
        )
        runs.append(([f"push {start}", "push -1", "add", "dup", "jump 1", "push 7"],))
        runs.append((["push 2", "push 1", "jump 0"],))
    text += f". It returns the stack, top last, after the last instruction or after {limit} executed instructions."
    return writing_code("run", text, solutions.machine, runs, (limit,))


def regions(rng: Rng, level: int) -> Draft:
    """Areas of a grid."""
    height = rng.randint(3, 5)
    text = (
        f"grid is a list of rows of numbers. It returns how many separate areas of cells greater than "
        f"{height} there are; cells belong together when they share a side."
    )
    runs = [(_grid(rng, rows, columns),) for rows, columns in ((3, 4), (6, 6), (1, 8), (7, 5))]
    return writing_code("areas", text, solutions.regions, runs, (height,))


def cheapest(rng: Rng, level: int) -> Draft:
    """Paths with turns."""
    turn = rng.randint(2, 7)
    text = (
        f"grid is a list of rows of numbers. A path goes from the top left to the bottom right cell in "
        f"steps to the right or down. "
        f"It costs the sum of its cells plus {turn} for every change of direction. It returns the lowest cost."
    )
    runs = [(_grid(rng, rows, columns),) for rows, columns in ((3, 3), (5, 6), (1, 5), (6, 4))]
    return writing_code("cheapest", text, solutions.cheapest, runs, (turn,))


def choose(rng: Rng, level: int) -> Draft:
    """The best choice with distances."""
    gap = rng.randint(1, 3)
    text = (
        f"It returns the largest possible sum of numbers chosen from a list so that the indexes of any two "
        f"chosen numbers differ by "
        f"more than {gap}. Choosing none is allowed and gives 0."
    )
    runs = [(_numbers(rng, size, -10, 40),) for size in (4, 8, 15)]
    return writing_code("best", text, solutions.choose, [*runs, ([-3, -1],), ([],)], (gap,))


def change(rng: Rng, level: int) -> Draft:
    """Coins of which there are only some."""
    text = (
        "coins is a list of [value, count]: there are count coins of that value, all alike. It returns in "
        "how many different ways "
        "amount can be paid exactly."
    )
    values = sorted(rng.sample((1, 2, 3, 5, 7, 10), 4))
    runs = [(rng.randint(5, 30), [[value, rng.randint(1, 6)] for value in values]) for _ in range(4)]
    return writing_code("ways", text, solutions.change, [*runs, (0, [[5, 2]])])


def evaluate(rng: Rng, level: int) -> Draft:
    """An unusual grammar."""
    text = (
        "text is a formula of whole numbers without sign, +, -, * and round brackets, with spaces around "
        "the operators. Unlike "
        "usual, + and - bind tighter than *; operators of equal strength work from left to right. It returns the value."
    )
    n = _numbers(rng, 12, 2, 15)
    runs = [
        f"{n[0]} + {n[1]} * {n[2]}",
        f"{n[3]} * {n[4]} - {n[5]} * {n[6]}",
        f"({n[7]} * {n[8]}) + {n[9]} - {n[10]}",
        f"{n[0]} - ({n[1]} - ({n[2]} + {n[3]} * 2)) * 3 + 1",
        f"{n[11]}",
    ]
    return writing_code("evaluate", text, solutions.evaluate, [(one,) for one in runs])


def fields(rng: Rng, level: int) -> Draft:
    """Quoted fields."""
    separator = rng.choice(";|:/")
    one, two, three = rng.sample(THINGS, 3)
    text = (
        f"It splits a line at each {separator} into a list of texts. Between single quotes {separator} is "
        f"ordinary text; the quotes "
        f"are not part of the field; two single quotes within quotes stand for one. Empty fields are kept."
    )
    s = separator
    runs = [f"{one}{s}{two}", f"'{one}{s}{two}'{s}{three}", f"{s}{one}{s}", f"'it''s'{s}{two}", "", f"a'{s}'b{s}'c'"]
    return writing_code("fields", text, solutions.fields, [(line,) for line in runs], (separator,))


def cached(rng: Rng, level: int) -> Draft:
    """Least recently used."""
    size = rng.randint(2, 4)
    text = (
        f"names are looked up, one after the other, in a store that is empty at first and holds at most "
        f"{size}. A name that is not "
        f"there is put in, and the one that was looked up longest ago leaves when there is no room. It "
        f"returns how often a name was there."
    )
    runs = [([rng.choice("abcdef") for _ in range(count)],) for count in (8, 20, 40)]
    return writing_code("hits", text, solutions.cached, [*runs, ([],)], (size,))


def spiral(rng: Rng, level: int) -> Draft:
    """Around a grid."""
    text = (
        "grid is a list of rows of equal length. It returns all numbers in the order of a spiral that "
        "begins in the bottom left "
        "corner and goes up first, then right, down, left, up and so on, inwards."
    )
    runs = [(_grid(rng, rows, columns),) for rows, columns in ((2, 2), (3, 4), (4, 3), (1, 4), (4, 1), (5, 5))]
    return writing_code("spiral", text, solutions.spiral, runs)


def longest(rng: Rng, level: int) -> Draft:
    """A subsequence."""
    step = rng.randint(2, 5)
    text = (
        f"It returns the length of the longest subsequence of values (not necessarily neighbours, order "
        f"kept) in which any two "
        f"consecutive members differ by at most {step}."
    )
    runs = [(_numbers(rng, size, 0, 25),) for size in (5, 9, 14)]
    return writing_code("longest", text, solutions.longest, [*runs, ([],)], (step,))


def justify(rng: Rng, level: int) -> Draft:
    """Text in full lines."""
    width = rng.randint(18, 26)
    text = (
        f"words are set in lines of {width} characters, as many words a line as fit with at least one "
        f"space between. All lines but "
        f"the last are filled to the full width: spaces spread as evenly as possible, gaps further left "
        f"get the extra ones. The "
        f"last line has single spaces. No line but the last has only one word. It returns the list of lines."
    )
    runs = [(rng.sample(THINGS, size),) for size in (3, 8, 15)]
    return writing_code("justify", text, solutions.justify, runs, (width,))


def turns(rng: Rng, level: int) -> Draft:
    """Sharing one processor."""
    slot = rng.randint(2, 4)
    text = (
        f"jobs is a list of [arrival, work], arrivals all different. One machine runs them in turns of at "
        f"most {slot} units of time; a "
        f"job that is not finished after its turn goes to the end of the queue, behind jobs that arrived "
        f"during or at the end of that turn. "
        f"It returns the indexes of the jobs in the order in which they finish."
    )
    runs = []
    for size in (3, 5, 6):
        arrivals = rng.sample(range(20), size)
        runs.append(([[arrival, rng.randint(1, 9)] for arrival in arrivals],))
    return writing_code("finish", text, solutions.turns, runs, (slot,))


def later(rng: Rng, level: int) -> Draft:
    """A calendar of another world."""
    months, length = rng.randint(5, 9), rng.randint(11, 25)
    text = (
        f"In a calendar every year has {months} months of {length} days; in years divisible by 3 the last "
        f"month has one day more. "
        f"Months and days count from 1. day is [year, month, day]. It returns the date that lies days days "
        f"later, in the same form."
    )
    runs = [([rng.randint(1, 30), rng.randint(1, months), rng.randint(1, length)], days) for days in (0, 1, 40, 700)]
    return writing_code("later", text, solutions.later, [*runs, ([3, months, length], 1)], (months, length))


def grown(rng: Rng, level: int) -> Draft:
    """An automaton."""
    born = rng.choice((3, 4, 5))
    text = (
        f"rows are texts of equal length with # for living and . for dead cells. It returns the next state "
        f"in the same form: a cell is "
        f"alive if exactly {born} of its up to eight neighbours are alive, or if it is alive and has two "
        f"or three living neighbours."
    )
    runs = [
        ([("".join(rng.choice("#..") for _ in range(width))) for _ in range(height)],)
        for height, width in ((3, 3), (5, 6), (4, 8))
    ]
    return writing_code("step", text, solutions.grown, runs, (born,))


FAMILIES = (
    Family("keep", keep, (-1.9,)),
    Family("shorten", shorten, (-0.5,)),
    Family("rank", rank, (-1.1,)),
    Family("merge", join_spans, (-0.3,)),
    Family("depth", depth, (-0.6,)),
    Family("numeral", numeral, (-0.5,)),
    Family("machine", machine, (0.1, 1.0)),
    Family("areas", regions, (0.2,)),
    Family("cheapest", cheapest, (1.3,)),
    Family("best", choose, (0.8,)),
    Family("ways", change, (0.9,)),
    Family("evaluate", evaluate, (1.7,)),
    Family("fields", fields, (1.0,)),
    Family("hits", cached, (-0.1,)),
    Family("spiral", spiral, (0.8,)),
    Family("longest", longest, (0.3,)),
    Family("justify", justify, (1.1,)),
    Family("finish", turns, (1.6,)),
    Family("later", later, (0.6,)),
    Family("step", grown, (0.3,)),
)
"""In the order in which they are shown."""
