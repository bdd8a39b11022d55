"""Where calls go: answering rules, blocked numbers, feature codes, Try a call, trunks."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.routing import company, rules, trunks

_COMPANY = r"/c/(?P<domain>[^/]+)"
_RULES = rf"{_COMPANY}/users/(?P<user>[^/]+)/rules"

ROUTES: list[tuple[str, Any]] = [
    (rf"{_COMPANY}/rules", rules.People),
    (_RULES, rules.Rules),
    (rf"{_RULES}/undo", rules.Undo),
    (rf"{_RULES}/new", rules.Rule),
    (rf"{_RULES}/(?P<rule>\d+|default)", rules.Rule),
    (rf"{_COMPANY}/blocked", company.Blocked),
    (rf"{_COMPANY}/blocked/template", company.BlockedTemplate),
    (rf"{_COMPANY}/blocked/again/(?P<number>[^/]+)", company.BlockedAgain),
    (rf"{_COMPANY}/codes", company.FeatureCodes),
    (rf"{_COMPANY}/try", company.TryCall),
    (r"/trunks", trunks.ServerTrunks),
    (r"/trunks/(?P<trunk>\d+|new)", trunks.ServerTrunk),
    (rf"{_COMPANY}/trunks", trunks.Trunks),
    (rf"{_COMPANY}/trunks/(?P<trunk>\d+|new)", trunks.Trunk),
]
