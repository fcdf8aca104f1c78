"""`Budget`: how much money one profile may cost."""

from smarterrouter.domain.models import Model, Price

UNKNOWN = Price(15.0, 75.0)
"""Assumed for a hosted model whose price nobody knows: about the dearest that is sold, so that the ceiling holds."""


class Budget:
    """Counts what was spent on one model. Local models cost nothing."""

    def __init__(self, model: Model, ceiling: float | None) -> None:
        """`ceiling` in US dollars; None for no limit."""
        self._price = Price() if model.local else model.price or UNKNOWN
        self._ceiling = ceiling
        self.dollars = 0.0

    def allows(self, prompt_tokens: int, max_tokens: int) -> bool:
        """Would a question of this length stay below the ceiling, even if the answer takes all its room?"""
        return self._ceiling is None or self.dollars + self._cost(prompt_tokens, max_tokens) <= self._ceiling

    def spend(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Note what one answer took."""
        self.dollars += self._cost(prompt_tokens, completion_tokens)

    def _cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        price = self._price
        return (prompt_tokens * price.input_per_million + completion_tokens * price.output_per_million) / 1e6
