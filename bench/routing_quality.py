"""How good is the router's choice? Cross-validation on a folder of rows, with the baselines beside it.

    python -m bench.routing_quality DATA_DIR [--out FOLDER]

Three questions are asked: prompts that training did not see (`question`), whole tasks that it did not see (`task`), and
models that it did not see (`model`). Models are known by the share they solve in each category, as a leaderboard would
tell. 0 % is a random mix of single models (their hull), 100 % knowing every answer beforehand. Rows without a free
licence are never trained on, only routed.
"""

import argparse
import gzip
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from bench import routing_pairs
from bench.routing_adapter import Adapter, Items
from bench.routing_metrics import Floats, Worth, worth
from bench.routing_plot import bars

from smarterrouter.jobs.training import questions
from smarterrouter.jobs.training.labels import category_of
from smarterrouter.jobs.training.rows import Row, read_folder
from smarterrouter.jobs.training.trainer import SHIPPED, fit
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.learned.artefact import Artefact
from smarterrouter.routing.vocabulary import CATEGORIES

FOLDS = 4
_LEAST_QUESTIONS, _LEAST_MODELS, _MOST_MODELS = 150, 4, 9
_POOLS = 2
_RESAMPLES = 40
_UNPRICED = 1e-3
_PROBES = 5
_ALONE = {"gsm8k": "gsm8k", "math-l5": "math_lvl_5"}
"""Tasks on which some models were measured alone, and their columns."""

Split = Callable[[Row], bool]
Predict = Callable[[str, Sequence[str]], Mapping[str, float]]


class Pool(msgspec.Struct, frozen=True):
    """Models that could answer, and the questions that all of them did."""

    name: str
    models: tuple[str, ...]
    rows: tuple[Row, ...]
    public: Mapping[str, Mapping[str, float]]
    """By model and category, the share solved."""
    answered: Mapping[str, frozenset[str]]
    """By model, ids of training questions it answered."""


def main() -> None:
    """Measure, print the table and write it with its plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path())
    wanted = parser.parse_args()
    rows, prices = [row for row in read_folder(wanted.data) if row.scores], read_costs(wanted.data)
    public = questions.read_public(wanted.data)
    trained = {how: train(how, rows, public) for how in ("question", "task", "model")}
    found = {how: measured(how, rows, one, prices) for how, one in trained.items()}
    apart = routing_pairs.written({how: paired(how, rows, one) for how, one in trained.items()})
    table = "\n".join(part for part in (written(found), apart) if part)
    print(table)
    (wanted.out / "routing_quality.md").write_text(table, "utf-8")
    (wanted.out / "routing_quality.svg").write_text(
        bars({how: _means(worths) for how, worths in found.items()}), "utf-8"
    )


class Trained(msgspec.Struct, frozen=True):
    """What was learned without that which is held out."""

    held: Split
    new: frozenset[str]
    """Models whose answers were not seen."""
    learned: Artefact
    items: Items


def train(how: str, rows: Sequence[Row], public: questions.Public) -> Trained:
    """Learn from the free rows that are not held out."""
    held, new = _held(how), _new_models(rows) if how == "model" else frozenset()
    kept = [_without(row, new) for row in rows if row.free and not held(row)]
    learned = fit([row for row in kept if row.scores], public, SHIPPED, lambda *_: None)
    return Trained(held, new, learned, _items(kept))


def measured(
    how: str, rows: Sequence[Row], trained: Trained, prices: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, list[Worth]]]:
    """By pool and method: the worth on the held-out questions, then on resamples of them."""
    return {
        pool.name: _judged(pool, _adapter(pool, trained), prices)
        for pool in pools(how, rows, trained.held, trained.new)
    }


def paired(how: str, rows: Sequence[Row], trained: Trained) -> dict[str, dict[str, routing_pairs.Area]]:
    """By pair and method; none where models are held out, for no pair is left then."""
    if how == "model":
        return {}
    tested = [row for row in rows if trained.held(row)]
    found = {}
    for pair in routing_pairs.pairs(tested):
        dataset = pair.rows[0].dataset
        pool = _pool(
            pair.name, (pair.weak, pair.strong), how, [row for row in rows if row.dataset == dataset], trained.held
        )
        found[pair.name] = {
            name: routing_pairs.area(pair, rank) for name, rank in _ranks(pair, pool, _adapter(pool, trained)).items()
        }
    return found


def _ranks(pair: routing_pairs.Pair, pool: Pool, adapter: Adapter) -> dict[str, routing_pairs.Rank]:
    def apart(found: Mapping[str, float]) -> float:
        return found[pair.strong] - found[pair.weak]

    return {
        "learned router": lambda row: apart(adapter.quality(row.prompt, None, pool.models)),
        "keywords": lambda row: apart(dict(zip(pool.models, _by_keywords(row.prompt, pool), strict=True))),
        "prompt length": lambda row: float(len(row.prompt)),
    }


def _adapter(pool: Pool, trained: Trained) -> Adapter:
    adapter = Adapter(trained.learned, trained.items)
    for model in pool.models:
        known = pool.answered[model]
        adapter.register(model, pool.public[model], lambda ids, known=known: {i: 1.0 for i in ids if i in known})
    return adapter


def pools(how: str, rows: Sequence[Row], held: Split, new: frozenset[str]) -> Iterator[Pool]:
    """Some pools of each data set."""
    rng = random.Random(how)
    by_dataset = defaultdict(list)
    for row in rows:
        by_dataset[row.dataset].append(row)
    for dataset, own in sorted(by_dataset.items()):
        tested = [row for row in own if held(row)]
        counts = Counter(model for row in tested for model in row.scores)
        able = sorted(model for model, n in counts.items() if n > 0.9 * len(tested) and (not new or model in new))
        if len(able) < _LEAST_MODELS or len(tested) < _LEAST_QUESTIONS:
            continue
        for number in range(_POOLS if len(able) > _MOST_MODELS else 1):
            models = tuple(sorted(rng.sample(able, min(len(able), _MOST_MODELS))))
            pool = _pool(f"{dataset}-{number + 1}", models, how, own, held)
            if len(pool.rows) >= _LEAST_QUESTIONS:
                yield pool


def _pool(name: str, models: tuple[str, ...], how: str, own: Sequence[Row], held: Split) -> Pool:
    tested = [row for row in own if held(row)]
    return Pool(
        name=name,
        models=models,
        rows=tuple(row for row in tested if row.scores.keys() >= set(models)),
        public={model: _shares(model, own, tested if how == "task" else []) for model in models},
        answered={m: frozenset(row.id for row in own if m in row.scores and not held(row)) for m in models},
    )


def _judged(pool: Pool, adapter: Adapter, prices: Mapping[str, Mapping[str, float]]) -> dict[str, list[Worth]]:
    scores = np.array([[row.scores[model] for model in pool.models] for row in pool.rows])
    costs = np.array(
        [[prices.get(row.id, {}).get(model, _UNPRICED) * 1e3 for model in pool.models] for row in pool.rows]
    )
    rng = np.random.default_rng(0)
    draws = [np.arange(len(scores))] + [rng.integers(0, len(scores), len(scores)) for _ in range(_RESAMPLES)]
    return {
        name: [worth(predicted[drawn], scores[drawn], costs[drawn]) for drawn in draws]
        for name, predicted in _predictions(pool, adapter, costs).items()
    }


def _predictions(pool: Pool, adapter: Adapter, costs: Floats) -> dict[str, Floats]:
    """(questions, models) by method."""
    means = np.array([np.mean(list(pool.public[model].values())) for model in pool.models])
    lengths = np.array([np.log1p(len(row.prompt)) for row in pool.rows])
    by_length = (lengths - lengths.mean()) / max(lengths.std(), 1e-9)
    alike = np.tile(means, (len(pool.rows), 1))
    cheap = np.argsort(np.argsort(costs.mean(0)))
    routed = [adapter.quality(row.prompt, None, pool.models) for row in pool.rows]
    return {
        "learned router": np.array([[found[model] for model in pool.models] for found in routed]),
        "keywords": np.array([_by_keywords(row.prompt, pool) for row in pool.rows]),
        "public scores": alike,
        "prompt length": alike + 0.05 * by_length[:, None] * (means - means.mean()) / max(means.std(), 1e-9),
        "cheapest": np.tile(-cheap.astype(float), (len(pool.rows), 1)),
    }


def _by_keywords(prompt: str, pool: Pool) -> list[float]:
    """The share in the category that the words of the prompt speak for, as the keyword router had it."""
    points = shipped_ear().hear(prompt).said.points
    category = CATEGORIES[points.index(max(points))] if any(points) else "chat"
    return [pool.public[m].get(category, float(np.mean(list(pool.public[m].values())))) for m in pool.models]


def _shares(model: str, rows: Sequence[Row], unseen: Sequence[Row]) -> dict[str, float]:
    """The share the model solves by category; where tasks are held out, that category's share is theirs."""
    found = _by_category(model, rows)
    return found | _by_category(model, unseen)


def _by_category(model: str, rows: Iterable[Row]) -> dict[str, float]:
    cells = defaultdict(list)
    for row in rows:
        if model in row.scores:
            cells[str(row.category or category_of(row.task) or "knowledge")].append(row.scores[model])
    return {category: sum(scores) / len(scores) for category, scores in cells.items()}


def _held(how: str) -> Split:
    if how == "task":
        return lambda row: _part(row.dataset + row.task, FOLDS) == 1
    return lambda row: _part(row.id, FOLDS) == 0


def _new_models(rows: Sequence[Row]) -> frozenset[str]:
    return frozenset(model for row in rows for model in row.scores if _part(model, 3) == 0)


def _without(row: Row, models: frozenset[str]) -> Row:
    scores = {model: score for model, score in row.scores.items() if model not in models}
    return msgspec.structs.replace(row, scores=scores)


def _items(rows: Sequence[Row]) -> Items:
    """For each data set a few ids by which it is known what a model was measured on."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: _part(row.id, 2**32)):
        ids = found[row.dataset][_ALONE.get(row.task, "") if row.dataset == "zeroeval" else ""]
        if len(ids) < _PROBES:
            ids.append(row.id)
    return found


def _part(text: str, parts: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % parts


def read_costs(folder: Path) -> dict[str, dict[str, float]]:
    """By question and model: US dollars of the answer."""
    found = {}
    for path in sorted(folder.glob("*.jsonl*")):
        data = path.read_bytes()
        for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
            row = msgspec.json.decode(line)
            found[row["id"]] = row.get("cost_usd") or {}
    return found


def _means(found: Mapping[str, Mapping[str, Sequence[Worth]]]) -> dict[str, tuple[float, float, float]]:
    """By method: the mean over pools of what is closed, and its 95 % interval."""
    methods = next(iter(found.values())) if found else {}
    means = {}
    for method in methods:
        draws = np.array([[one.closed for one in pool[method]] for pool in found.values()]).mean(0)
        means[method] = (draws[0], *np.quantile(draws[1:], (0.025, 0.975)))
    return means


def written(found: Mapping[str, Mapping[str, Mapping[str, Sequence[Worth]]]]) -> str:
    """The results as Markdown."""
    lines = ["Percent of the area between a random mix of single models (0) and the oracle (100) that is closed.", ""]
    for how, by_pool in found.items():
        means = _means(by_pool)
        lines += [
            f"## Held out: {how}",
            "",
            f"| pool | {' | '.join(means)} | saved | gain |",
            "|---" * (len(means) + 3) + "|",
        ]
        for pool, worths in by_pool.items():
            mine = worths["learned router"][0]
            cells = " | ".join(f"{worths[method][0].closed:.1f}" for method in means)
            lines.append(f"| {pool} | {cells} | {mine.saved:.0f} % | {mine.gain:+.1f} |")
        cells = " | ".join(f"{mean:.1f} ({low:.1f} to {high:.1f})" for mean, low, high in means.values())
        lines += [f"| **mean** | {cells} | | |", ""]
    lines += [
        "saved: cost saved by the learned router at the best single model's quality (nan: not reached); gain: points",
        "of quality against that model where cost is ignored. Intervals: 95 %, over resampled questions.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
