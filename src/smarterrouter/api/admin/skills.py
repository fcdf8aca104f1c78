"""What is known of one model, as JSON: skills with their uncertainty, and every number with where it comes from."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from smarterrouter.catalog import abilities
from smarterrouter.catalog.abilities import Basis
from smarterrouter.catalog.known import Known
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile, Published
from smarterrouter.domain.models import Model


class Skill(Struct, frozen=True):
    """One skill in logits: 0 is a good model of 8 billion parameters; a 90 % interval is mean +- 1.645 sd."""

    mean: float
    sd: float
    basis: Basis


class ModelKnowledge(Struct, frozen=True):
    """One model."""

    key: str
    backend: str
    name: str
    overall: Ability
    skills: Mapping[Category, Skill]
    published: Sequence[Published]
    profile: Profile | None


def model_knowledge(known: Known, model: Model, models: Sequence[Model]) -> ModelKnowledge:
    """Everything known of `model`, one of `models`. May take as long as `Known.about`: ask in a thread."""
    about = known.about(models).get(model.key, Knowledge())
    reference = known.reference()
    beliefs = abilities.beliefs(model.size, about, reference)
    return ModelKnowledge(
        key=model.key,
        backend=model.backend,
        name=model.name,
        overall=about.profile.overall if about.profile else abilities.prior(model.size, about.published, reference),
        skills={category: Skill(one.ability.mean, one.ability.sd, one.basis) for category, one in beliefs.items()},
        published=about.published,
        profile=about.profile,
    )
