"""Phone numbers as the world writes them: E.164, from what people type in a country and an area.  (pure)"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST = 40
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""Countries by their two letters that have a numbering plan of their own."""
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SEVEN = re.compile(r"\d{7}")


@lru_cache(4096)
def e164(text: str, country: str, area_code: str = "") -> str:
    """The number that somebody in a country means, as +12145550100; raises ValueError with a sentence.

    `area_code` goes before numbers of seven digits where the country has such (SF-035). A number whose length fits no
    plan is refused; one that is merely not in use yet is not, as plans grow faster than programs.
    """
    plain = re.sub(r"[\s().\-/]", "", text[:LONGEST])
    digits = re.sub(r"\D", "", area_code)
    if (
        digits
        and len(text) <= LONGEST
        and _SEVEN.fullmatch(plain)
        and phonenumbers.country_code_for_region(country) == 1
    ):
        plain = digits[-3:] + plain
    wrong = f"“{text[:LONGEST]}” is not a phone number of {country} or, with + in front, of the world; "
    if len(text) > LONGEST or not re.fullmatch(r"\+?\d{3,20}", plain):
        raise ValueError(wrong + "write it as +12145550100.")
    try:
        parsed = phonenumbers.parse(plain, country)
    except NumberParseException:
        raise ValueError(wrong + "write it as +12145550100.") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(wrong + "it has too few or too many digits.")
    found = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if not _E164.fullmatch(found):
        raise ValueError(wrong + "it has too few or too many digits.")
    return found


def national(number: str) -> str:
    """An E.164 number as people of its country read it: `(214) 555-0100`; anything else as it stands."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), PhoneNumberFormat.NATIONAL)
    except NumberParseException:
        return number
