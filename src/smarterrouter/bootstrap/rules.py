"""The operator's rules: compiled at the start, read again while running."""

from collections.abc import Collection

from smarterrouter.gateway.policies import Policies
from smarterrouter.gateway.reloading import Deciding, Reloading
from smarterrouter.routing.policy import Policy, unknown_strategies
from smarterrouter.settings.file import RulesRead
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.loading import reread_rules
from smarterrouter.settings.problems import SettingsError


def policies_of(settings: Settings, strategies: Collection[str], scoring: str) -> Policies:
    """The policy that the settings hold. Raise `SettingsError` when it names a strategy that there is not."""
    wrong = unknown_strategies(settings.file.routing, strategies)
    if wrong:
        raise SettingsError(wrong)
    return Policies(Policy.of(settings.file.routing), scoring)


def reloading_of(settings: Settings, policies: Policies, deciding: Deciding) -> Reloading:
    """What reads the rules again from where the settings came from; where nothing was read it keeps what there is."""
    files, given = settings.files, RulesRead(settings.file.routing, [])
    return Reloading(policies, lambda: reread_rules(files) if files is not None else given, deciding)
