"""Whose file is this? For an importer that is handed files without a word.  (pure)

What is in the file counts first, its name only where the content leaves a choice.
"""

from __future__ import annotations

import re

_HEAD = 64 * 1024
_NAME_LIMIT = 255
_MAC = r"[0-9A-Fa-f]{12}"

# Content that only one vendor writes, looked for in the first 64 KB.
_CONTENT = (
    ("fanvil", re.compile(rb"\A\s*<<VOIP CONFIG FILE>>|<VOIP_CONFIG_FILE[\s>]|<sysConf[\s>]")),
    ("yealink", re.compile(rb"\A(?:\xef\xbb\xbf)?\s*#!version:[0-9.]+")),
    ("grandstream", re.compile(rb"<gs_provision[\s>]|<AddressBook[\s>]")),
    ("snom", re.compile(rb"<(?:setting-files|firmware-settings|phone-settings|functionKeys|SnomIPPhone\w+)[\s>]")),
    ("cisco", re.compile(rb"<flat-profile[\s>]|<CiscoIPPhone\w+[\s>]")),
    ("poly", re.compile(rb"<(?:APPLICATION|polycomConfig|PHONE_CONFIG)[\s>_]|[\s\"']reg\.[0-9]+\.\w+[\w.]*=[\"']")),
    ("poly", re.compile(rb"<directory[\s>].*<item_list[\s>]", re.DOTALL)),
    ("yealink", re.compile(rb"(?m)^[ \t]*(?:account|linekey|memorykey|static)\.[\w.]+[ \t]*=|<YealinkIPPhone\w+[\s>]")),
    ("fanvil", re.compile(rb"<FanvilIPPhoneDirectory[\s>]")),
    ("snom", re.compile(rb"<settings[\s>]|(?m:^user_(?:name|host)[0-9]+[!&$]?:)")),
)
_NAMES = (
    ("yealink", re.compile(rf"(?:y0{{8,}}[0-9]{{2,4}}\.(?:cfg|boot)|{_MAC}(?:-local)?\.boot)\Z", re.IGNORECASE)),
    ("grandstream", re.compile(rf"cfg(?:{_MAC})?(?:\.xml)?\Z|cfg(?:gxp|grp|ht|gxv|wp|dp)\w+\.xml\Z", re.IGNORECASE)),
    ("snom", re.compile(rf"snom\w+(?:-(?:{_MAC}|firmware))?\.(?:htm|html|xml|php)\Z", re.IGNORECASE)),
    ("cisco-spa", re.compile(r"spa[0-9]{3}\w*\.(?:cfg|xml)\Z", re.IGNORECASE)),
    ("cisco-mpp", re.compile(r"(?:CP-)?[0-9]{4}(?:-3PCC)?\.xml\Z", re.IGNORECASE)),
    ("fanvil", re.compile(r"f0[0-9a-z]{2,}(?:hw[0-9.]+|0{3,})\.cfg\Z", re.IGNORECASE)),
    (
        "poly",
        re.compile(rf"(?:0{{12}}\.cfg|{_MAC}-(?:phone|web|directory|license|calls)\.(?:cfg|xml))\Z", re.IGNORECASE),
    ),
)
_ADAPTER = re.compile(rb"<P(?:4060|747|735)>")
_SPA = re.compile(rb"<Admin_Passwd[\s>/]|<Use_Auth_ID_1_|<SPCP_Auto-detect|<Attendant_Console_\w+|spa[0-9]{3}")
_EDGE = re.compile(rb"(?i)edge[_ -]?[eb][0-9]{3}|PVOS")


def guess_family(name: str, content: bytes) -> str | None:
    """The family whose reader fits a file best, by its content and then its name; None when nothing tells.

    SPA and MPP, UCS and Edge E, phones and HT8xx adapters share their format: without a sign of the rarer one the
    answer is cisco-mpp, poly-ucs and grandstream.
    """
    head = content[:_HEAD].replace(b"\0", b"")
    base = re.split(r"[/\\]", name[-_NAME_LIMIT:])[-1]
    named = next((family for family, pattern in _NAMES if pattern.match(base)), None)
    found = next((family for family, pattern in _CONTENT if pattern.search(head)), None)
    vendor = found or named
    if vendor is None or vendor in ("cisco-spa", "cisco-mpp"):
        return vendor
    if vendor == "cisco":
        if named in ("cisco-spa", "cisco-mpp"):
            return named
        return "cisco-spa" if _SPA.search(head) else "cisco-mpp"
    if vendor == "poly":
        return "poly-edge-e" if _EDGE.search(head) else "poly-ucs"
    if vendor == "grandstream":
        adapter = _ADAPTER.search(head) or re.match(r"cfght", base, re.IGNORECASE)
        return "grandstream-ht" if adapter else "grandstream"
    return vendor
