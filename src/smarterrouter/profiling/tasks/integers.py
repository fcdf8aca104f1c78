"""Small computations with whole numbers."""


def determinant(rows: list[list[int]]) -> int:
    """By expanding along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    return sum(
        (-1) ** place * factor * determinant([row[:place] + row[place + 1 :] for row in rows[1:]])
        for place, factor in enumerate(rows[0])
    )


def legendre(n: int, prime: int) -> int:
    """How often `prime` divides n!."""
    return n // prime + legendre(n // prime, prime) if n >= prime else 0


def in_base(n: int, base: int) -> str:
    """Digits of `n` in a base up to ten."""
    return (in_base(n // base, base) if n >= base else "") + str(n % base)
