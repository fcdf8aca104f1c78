"""`load`: the whole item bank, ours and the user's own tasks."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from smarterrouter.profiling.base import Task, Template
from smarterrouter.profiling.tasks import chat, code, instructions, knowledge, logic, mathematics, stem, tools
from smarterrouter.profiling.user_tasks import read_folder

OURS: tuple[Template, ...] = (
    *mathematics.TEMPLATES,
    *code.TEMPLATES,
    *tools.TEMPLATES,
    *instructions.TEMPLATES,
    *logic.TEMPLATES,
    *stem.TEMPLATES,
    *knowledge.TEMPLATES,
    *chat.TEMPLATES,
)
"""Every template of ours. A new task file needs a line here."""


class Bank:
    """Templates, found by id and by category. Does not change after it was made."""

    def __init__(
        self, templates: Iterable[Template], own: Iterable[Template] = (), problems: Sequence[str] = ()
    ) -> None:
        """`own` are the user's; `problems` says what was wrong with the files: what is without fault is there.

        The version follows ours alone: answers to them stay true whatever the user adds, and a task of the user's that
        changes gets another id.
        """
        ours = tuple(templates)
        self.templates = (*ours, *own)
        self.problems = tuple(problems)
        self.version = _version(ours)
        self._by_id = {template.id: template for template in self.templates}

    def get(self, template_id: str) -> Template | None:
        """The template with this id."""
        return self._by_id.get(template_id)

    def task(self, task_id: str) -> Task | None:
        """The task with this id, made again; None when its template is gone or the id is none of ours."""
        name, _, seed = task_id.rpartition("#")
        template = self.get(name)
        return template.make(int(seed)) if template and seed.removeprefix("-").isdecimal() else None


def load(extra_folder: Path | None = None) -> Bank:
    """Our templates and those of the folder. Reads files; nothing in them is run."""
    if extra_folder is None:
        return Bank(OURS)
    own, problems = read_folder(extra_folder)
    return Bank(OURS, own, problems)


def _version(templates: Iterable[Template]) -> str:
    """Changes whenever a template, its difficulty or what it makes of seed 0 does."""
    seen = hashlib.sha256()
    encoder = msgspec.json.Encoder(order="sorted")
    for template in templates:
        task = template.make(0)
        seen.update(encoder.encode([template.id, template.difficulty, task.messages, task.tools, task.check]))
    return seen.hexdigest()[:16]
