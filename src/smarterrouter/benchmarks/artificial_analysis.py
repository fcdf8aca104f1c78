"""Artificial Analysis: indices, benchmarks, prices and speeds of hosted models. Needs a key.

API: https://artificialanalysis.ai/data-api/docs (free: 1000 requests a day; their data must be attributed to them).
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from smarterrouter.benchmarks.aa_mapping import Mapped
from smarterrouter.benchmarks.base import Fetched, host
from smarterrouter.benchmarks.pages import as_json, aside
from smarterrouter.benchmarks.reading import Reader, Scale, is_empty, model_name, number
from smarterrouter.errors import BackendGarbage
from smarterrouter.transport.downloads import Downloads

_API = "https://artificialanalysis.ai/api/v2/data/llms/models"
_PAGE = "https://artificialanalysis.ai/"
_AS_IS, _SHARE = Scale.AS_IS, Scale.SHARE
_EVALUATIONS: dict[str, tuple[str, Scale]] = {
    "artificial_analysis_intelligence_index": ("aa_intelligence_index", _AS_IS),
    "artificial_analysis_coding_index": ("aa_coding_index", _AS_IS),
    "artificial_analysis_math_index": ("aa_math_index", _AS_IS),
    "mmlu_pro": ("mmlu_pro", _SHARE),
    "gpqa": ("gpqa_diamond", _SHARE),
    "livecodebench": ("livecodebench", _SHARE),
    "scicode": ("scicode", _SHARE),
    "math_500": ("math_500", _SHARE),
    "aime": ("aime", _SHARE),
    "aime_25": ("aime_2025", _SHARE),
    "ifbench": ("ifbench", _SHARE),
    "tau2": ("tau_bench", _SHARE),
}
"""Their `gpqa` is the diamond subset: https://artificialanalysis.ai/methodology/intelligence-benchmarking"""
_PRICES = {"price_1m_input_tokens": "price_input", "price_1m_output_tokens": "price_output"}
_SPEEDS = {
    "median_output_tokens_per_second": "tokens_per_second",
    "median_time_to_first_token_seconds": "first_token_seconds",
}
_MOST_EXTRA = 40


class ArtificialAnalysis:
    """One request for everything, remembered for a while: a free key allows few."""

    name = "artificial_analysis"

    def __init__(
        self,
        downloads: Downloads,
        key: str,
        *,
        mapping: Mapped | None = None,
        keep_seconds: float = 86_400.0,
        url: str = _API,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`mapping` says which of our models their entries mean; without it their own names are given."""
        self._downloads = downloads
        self._key = key
        self._mapping = mapping or Mapped({})
        self._keep_seconds = keep_seconds
        self._url = url
        self._clock = clock
        self._kept: tuple[float, Fetched] | None = None
        self.hosts = (host(url),)

    async def fetch(self) -> Fetched:
        """See `BenchmarkSource`."""
        now = self._clock()
        if self._kept is not None and now - self._kept[0] < self._keep_seconds:
            return self._kept[1]
        got = await self._downloads.get(self._url, {"x-api-key": self._key})
        fetched = await aside(self._read, got.body)
        self._kept = (now, fetched)
        return fetched

    def _read(self, body: bytes) -> Fetched:
        answer = as_json(body)
        entries = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(entries, list):
            raise BackendGarbage("Artificial Analysis did not answer with a list of models.")
        reader = Reader(self.name, _PAGE, reported_by="Artificial Analysis")
        extra: dict[str, Mapping[str, Any]] = {}
        for entry in entries:
            if isinstance(entry, dict):
                for model in self._mapping.models(entry):
                    _add(model, entry, reader)
                    extra[model] = _beside(entry)
        return reader.fetched(extra_data=extra)


def _add(model: str, entry: Mapping[str, Any], reader: Reader) -> None:
    evaluations, pricing = _object(entry.get("evaluations")), _object(entry.get("pricing"))
    for name, (column, scale) in _EVALUATIONS.items():
        reader.add(model, column, evaluations.get(name), scale=scale)
    for name, column in _PRICES.items():
        reader.add(model, column, pricing.get(name))
    for name, column in _SPEEDS.items():
        if number(entry.get(name)) != 0:  # they write 0 for what they have not measured
            reader.add(model, column, entry.get(name))


def _beside(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """What has no column of ours: who they say it is, and the numbers that they alone have."""
    named = {key: entry[key] for key in ("id", "slug", "name", "release_date") if model_name(entry.get(key))}
    creator = model_name(_object(entry.get("model_creator")).get("name"))
    known = {**_EVALUATIONS, **_PRICES}
    cells = {**_object(entry.get("evaluations")), **_object(entry.get("pricing"))}
    others = {
        name: number(cell) for name, cell in cells.items() if name not in known and not is_empty(cell) and number(cell)
    }
    return {**named, **({"creator": creator} if creator else {}), **dict(list(others.items())[:_MOST_EXTRA])}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
