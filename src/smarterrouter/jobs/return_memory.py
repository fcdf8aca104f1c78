"""Returns memory to the system after a burst of large bodies."""

import asyncio
from collections.abc import Callable


class ReturnMemory:
    """Looks at the size of the process, and acts when it has grown."""

    name = "return_memory"
    every = 5.0

    def __init__(self, resident: Callable[[], int], give_back: Callable[[], None], growth: int = 4 * 2**20) -> None:
        """`resident` gives bytes in use; below `growth` bytes more than after the last time nothing is done."""
        self._resident = resident
        self._give_back = give_back
        self._growth = growth
        self._settled = 0

    async def run(self) -> None:
        """In a thread of its own: requests go on while the heap is searched."""
        size = self._resident()
        if self._settled and size >= self._settled + self._growth:
            await asyncio.to_thread(self._give_back)
            size = self._resident()
            self._settled = size
        self._settled = min(self._settled, size) or size
