"""Right solutions of the tasks that ask for a function: they give the expected results, and are the reference answers.

They use only what the sandbox knows: no imports, classes or generators.
"""


def keep(numbers: list[int], divisor: int, digit: int) -> int:
    """Sum of squares of those divisible by `divisor` or ending in `digit`."""
    return sum(n * n for n in numbers if n % divisor == 0 or abs(n) % 10 == digit)


def shorten(text: str, longest: int) -> str:
    """Runs of more than `longest` equal characters become the character and their count."""
    result, place = "", 0
    while place < len(text):
        end = place
        while end < len(text) and text[end] == text[place]:
            end += 1
        count = end - place
        result += text[place] + str(count) if count > longest else text[place] * count
        place = end
    return result


def rank(words: list[str], vowels: str) -> list[str]:
    """Most of the given letters first, then shorter, then alphabetical."""
    return sorted(words, key=lambda word: (-sum(letter in vowels for letter in word), len(word), word))


def join_spans(spans: list[list[int]], gap: int) -> list[list[int]]:
    """Spans that overlap or are at most `gap` apart become one."""
    result: list[list[int]] = []
    for start, end in sorted(spans):
        if result and start - result[-1][1] <= gap:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result


def depth(text: str, openers: str, closers: str) -> int:
    """Deepest nesting of brackets, or -1 when they do not match; everything else is passed over."""
    stack: list[str] = []
    deepest = 0
    for letter in text:
        if letter in openers:
            stack.append(closers[openers.index(letter)])
            deepest = max(deepest, len(stack))
        elif letter in closers and (not stack or stack.pop() != letter):
            return -1
    return -1 if stack else deepest


def numeral(n: int, digits: str) -> str:
    """`n` in the base and with the digits given."""
    if n == 0:
        return digits[0]
    sign, n, result = ("-" if n < 0 else ""), abs(n), ""
    while n:
        result = digits[n % len(digits)] + result
        n //= len(digits)
    return sign + result


def machine(program: list[str], limit: int) -> list[int]:
    """The stack after a program; it stops behind the last line or after `limit` steps."""
    stack: list[int] = []
    line = steps = 0
    while line < len(program) and steps < limit:
        word, *rest = program[line].split()
        line += 1
        steps += 1
        if word == "push":
            stack.append(int(rest[0]))
        elif word == "dup":
            stack.append(stack[-1])
        elif word == "jump":
            if stack.pop() > 0:
                line = int(rest[0])
        else:
            two, one = stack.pop(), stack.pop()
            stack.append({"add": one + two, "sub": one - two, "mul": one * two}[word])
    return stack


def regions(grid: list[list[int]], level: int) -> int:
    """Connected areas of cells above `level`, joined at their sides."""
    seen: set[tuple[int, int]] = set()
    count = 0
    for row in range(len(grid)):
        for column in range(len(grid[0])):
            if grid[row][column] <= level or (row, column) in seen:
                continue
            count += 1
            stack = [(row, column)]
            while stack:
                y, x = stack.pop()
                inside = 0 <= y < len(grid) and 0 <= x < len(grid[0])
                if inside and grid[y][x] > level and (y, x) not in seen:
                    seen.add((y, x))
                    stack += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    return count


def cheapest(grid: list[list[int]], turn: int) -> int:
    """Cheapest way from top left to bottom right, going right or down; each change of direction costs `turn` more."""
    far = 10**9
    height, width = len(grid), len(grid[0])
    best = {(0, 0, "r"): grid[0][0], (0, 0, "d"): grid[0][0]}
    for y in range(height):
        for x in range(width):
            if x or y:
                right = min(best.get((y, x - 1, "r"), far), best.get((y, x - 1, "d"), far) + turn)
                down = min(best.get((y - 1, x, "d"), far), best.get((y - 1, x, "r"), far) + turn)
                best[y, x, "r"] = grid[y][x] + right
                best[y, x, "d"] = grid[y][x] + down
    return min(best[height - 1, width - 1, "r"], best[height - 1, width - 1, "d"])


def choose(values: list[int], gap: int) -> int:
    """Largest sum of values of which any two are more than `gap` places apart; none may be taken."""
    best = [0] * (len(values) + gap + 1)
    for place in range(len(values)):
        best[place + gap + 1] = max(best[place + gap], best[place] + values[place])
    return best[-1]


def change(amount: int, coins: list[list[int]]) -> int:
    """Ways to pay `amount` with coins given as [value, how many there are]."""
    ways = [1] + [0] * amount
    for value, count in coins:
        ways = [
            sum(ways[total - value * used] for used in range(count + 1) if value * used <= total)
            for total in range(amount + 1)
        ]
    return ways[amount]


def evaluate(text: str) -> int:
    """Value of a formula in which + and - bind tighter than *; everything from left to right; brackets as usual."""
    parts = text.replace("(", " ( ").replace(")", " ) ").split()

    def atom() -> int:
        part = parts.pop(0)
        if part == "(":
            value = product()
            parts.pop(0)
            return value
        return int(part)

    def total() -> int:
        value = atom()
        while parts and parts[0] in ("+", "-"):
            value = value + atom() if parts.pop(0) == "+" else value - atom()
        return value

    def product() -> int:
        value = total()
        while parts and parts[0] == "*":
            parts.pop(0)
            value *= total()
        return value

    return product()


def fields(line: str, separator: str) -> list[str]:
    """Fields of a line; in single quotes the separator counts as text, and two quotes are one."""
    result, field, quoted, place = [], "", False, 0
    while place < len(line):
        letter = line[place]
        if letter == "'" and quoted and line[place + 1 : place + 2] == "'":
            field += "'"
            place += 1
        elif letter == "'":
            quoted = not quoted
        elif letter == separator and not quoted:
            result.append(field)
            field = ""
        else:
            field += letter
        place += 1
    return [*result, field]


def cached(names: list[str], size: int) -> int:
    """How many names are found in a store of `size` that throws out what was used longest ago."""
    held: list[str] = []
    hits = 0
    for name in names:
        if name in held:
            hits += 1
            held.remove(name)
        elif len(held) == size:
            held.pop(0)
        held.append(name)
    return hits


def spiral(grid: list[list[int]]) -> list[int]:
    """From the bottom left corner, first up, then turning right at each edge."""
    result: list[int] = []
    rows = [list(row) for row in grid]
    while rows:
        result += [row[0] for row in rows[::-1]]
        # What is left is turned so that its next edge is on the left.
        rest = [row[1:] for row in rows]
        rows = [list(column) for column in zip(*rest, strict=True)][::-1] if rest[0] else []
    return result


def longest(values: list[int], step: int) -> int:
    """Length of the longest subsequence whose neighbours differ by at most `step`."""
    best: list[int] = []
    for place, value in enumerate(values):
        best.append(1 + max((best[b] for b in range(place) if abs(values[b] - value) <= step), default=0))
    return max(best, default=0)


def justify(words: list[str], width: int) -> list[str]:
    """Full lines with spaces spread evenly, more of them on the left; the last line is not spread."""
    lines: list[str] = []
    row: list[str] = []
    for word in words:
        if row and sum(map(len, row)) + len(row) + len(word) > width:
            spaces, gaps = width - sum(map(len, row)), len(row) - 1
            line = row[0]
            for place in range(gaps):
                line += " " * (spaces // gaps + (1 if place < spaces % gaps else 0)) + row[place + 1]
            lines.append(line)
            row = []
        row.append(word)
    return [*lines, " ".join(row)]


def turns(jobs: list[list[int]], slice_: int) -> list[int]:
    """Numbers of jobs in the order in which they end; a job is [arrival, work], each runs `slice_` at a time."""
    left = [work for _, work in jobs]
    order = sorted(range(len(jobs)), key=lambda job: jobs[job][0])
    queue: list[int] = []
    done: list[int] = []
    time = 0
    while order or queue:
        if not queue:
            time = max(time, jobs[order[0]][0])
        while order and jobs[order[0]][0] <= time:
            queue.append(order.pop(0))
        job = queue.pop(0)
        spent = min(slice_, left[job])
        left[job] -= spent
        time += spent
        while order and jobs[order[0]][0] <= time:
            queue.append(order.pop(0))
        if left[job]:
            queue.append(job)
        else:
            done.append(job)
    return done


def later(day: list[int], days: int, months: int, length: int) -> list[int]:
    """[year, month, day] after some days in a calendar whose last month has a day more in years divisible by three."""
    year, month, date = day
    for _ in range(days):
        last = length + 1 if month == months and year % 3 == 0 else length
        date += 1
        if date > last:
            month, date = month + 1, 1
        if month > months:
            year, month = year + 1, 1
    return [year, month, date]


def grown(rows: list[str], born: int) -> list[str]:
    """One step of a cellular automaton: born with `born` neighbours of eight, staying with two or three."""
    height, width = len(rows), len(rows[0])
    result = []
    for y in range(height):
        line = ""
        for x in range(width):
            near = sum(
                rows[b][a] == "#"
                for b in range(max(y - 1, 0), min(y + 2, height))
                for a in range(max(x - 1, 0), min(x + 2, width))
                if (a, b) != (x, y)
            )
            line += "#" if near == born or (rows[y][x] == "#" and near in (2, 3)) else "."
        result.append(line)
    return result
