"""Settings of a company."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.company import api_keys, phone_settings, sentences, settings

_START = r"/c/(?P<domain>[^/]+)/settings"

ROUTES: list[tuple[str, Any]] = [
    (_START, settings.CompanySettings),
    (rf"{_START}/provisioning", settings.Provisioning),
    (rf"{_START}/sentences", sentences.SystemSentences),
    (rf"{_START}/sentences/(?P<sentence>[a-z0-9-]+)/audio", sentences.SentenceAudio),
    (rf"{_START}/phones", phone_settings.PhoneSettings),
    (rf"{_START}/phones/(?P<kind>[a-z]+)", phone_settings.PhoneSettings),
    (rf"{_START}/phones/(?P<kind>[a-z]+)/(?P<name>[^/]+)", phone_settings.PhoneSettings),
    (rf"{_START}/keys", api_keys.ApiKeys),
]
