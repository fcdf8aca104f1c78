"""`Policies`: the operator's policy in force, replaced whole by a reload."""

from smarterrouter.routing.policy import Policy


class Policies:
    """Owns the policy in force. Whoever decides reads `current` once for a request."""

    def __init__(self, policy: Policy, scoring: str = "") -> None:
        """`scoring` is a short hash of everything else that decides: weights, the learned model."""
        self.current = policy
        self._scoring = scoring

    @property
    def stamp(self) -> str:
        """What records say of how was decided: the hash of scoring, and that of the rules where there are some."""
        return f"{self._scoring}.{self.current.hash}" if self.current.hash else self._scoring
