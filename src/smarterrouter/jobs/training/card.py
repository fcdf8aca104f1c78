"""`write`: the model card, in plain words, with numbers that were measured while training."""

from collections import Counter
from collections.abc import Mapping, Sequence

from smarterrouter.jobs.training import evaluation
from smarterrouter.jobs.training.rows import DATASETS, Row
from smarterrouter.jobs.training.writing import written
from smarterrouter.routing.learned.artefact import Artefact

_LIMITS = """\
## Limits

- The questions are benchmarks of 2024 and before, answered by models of that time. Newer models are placed on the same
  scale by their published scores or by a profile; nobody has checked the scale above the best of the models trained on.
- Nearly all scored questions are English and a single turn. Other languages, long conversations, images and agent work
  are read by form and by our own example prompts only; the reading then says that it is little familiar.
- Chat, tools and instructions have no scored questions here: their difficulty is extrapolated.
- Inside one kind of task nobody can tell well which question a model will fail: the ranking figure above is close to
  what any method reaches. Most of the gain is knowing the kind of task and how hard it looks.
- Benchmark questions may have been in the training data of the models that answered them.
- It contains the words and pairs of words that several of the questions have, the commonest first, with nine small
  numbers each, and no text.
"""


def write(
    rows: Sequence[Row],
    left_out: int,
    checks: Mapping[str, evaluation.Held | None],
    artefact: Artefact,
    picture: str,
) -> str:
    """The card as Markdown. `checks`: predictions for what was held out, by what was held out.

    `picture` is the file of `plot.reliability`, beside the card.
    """
    return "\n".join(
        (
            "# The router's weights\n",
            "Reads a prompt and says what kind of work it is, how hard it looks, and how familiar it is; with what is",
            "known of a model this gives the chance of a good answer. One linear model over words, words that stand",
            "side by side, and the form of the text; difficulties come from an item-response fit over all models.\n",
            *_data(rows, left_out),
            *_measured(checks, picture),
            _LIMITS,
            *_made(rows, artefact),
        )
    )


def _data(rows: Sequence[Row], left_out: int) -> list[str]:
    questions, models = Counter(row.dataset for row in rows), {name for row in rows for name in row.scores}
    licences = {row.dataset: row.licence or DATASETS.get(row.dataset, "") for row in rows}
    lines = ["## Data\n", "| data set | licence | questions |", "|---|---|---:|"]
    lines += [f"| {name} | {licences[name]} | {count} |" for name, count in sorted(questions.items())]
    return [
        *lines,
        "",
        f"{len(models)} models. {left_out} rows of the folder were not used: no scores, or no licence under which",
        "weights may be given away. Categories are also taught by prompts of our own (MIT): the profile's templates,",
        "frames of requests, and the keyword lexicon.\n",
    ]


def _measured(checks: Mapping[str, evaluation.Held | None], picture: str) -> list[str]:
    lines = [
        "## Measured\n",
        "Each fifth of the questions, and of the tasks, was held out in turn. 95 % intervals over resampled questions;",
        "ranking is the area under the curve in tasks.\n",
    ]
    lines += ["| held out | answers | category right | ranking | calibration error |", "|---|---:|---:|---:|---:|"]
    for name, held in checks.items():
        if held is not None:
            figures = [str(evaluation.figure(held, measure)) for measure in (evaluation.ranking, evaluation.error)]
            lines.append(f"| {name} | {len(held.predicted)} | {held.named:.1%} | {' | '.join(figures)} |")
    lines += ["", f"![Chances that were said, and what came of them]({picture})"]
    for name, held in checks.items():
        if held is not None:
            lines += ["", f"Reliability, {name} held out:\n", "| said | solved | answers |", "|---:|---:|---:|"]
            lines += [f"| {said:.2f} | {came:.2f} | {count} |" for said, came, count in evaluation.reliability(held)]
    return [*lines, ""]


def _made(rows: Sequence[Row], artefact: Artefact) -> list[str]:
    size = len(written(artefact)) / 1e6
    return [
        "## Made by",
        "",
        f"`smarterrouter train-router DATA_DIR`, {len(rows)} questions, seed {artefact.notes.get('seed')}: the same",
        f"data give the same bytes. The file has {size:.1f} MB and holds plain arrays, no pickled objects.",
        "",
    ]
