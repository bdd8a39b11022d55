"""A stranger's phone and our audio: baresip leaves a message, plain and under SRTP, and its voice is in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sip_edge.media import wav
from tests.clients.scenes import DOMAIN, SipOffice
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker, power
from tests.live import YEALINK
from tests.media.phone import until

pytestmark = [pytest.mark.client, needs("baresip")]
ADA = 440


class Secure(Talker):
    """Speaks SRTP only, with keys in the description (RFC 4568)."""

    def _config(self, *, trusting: bool) -> str:
        return super()._config(trusting=trusting).replace("module_tmp uuid.so", "module srtp.so\nmodule_tmp uuid.so", 1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path / "var") as running:
        yield running


def recordings(folder: Path) -> list[Path]:
    """The sounds that calls have left."""
    return [path for path in folder.rglob("*.wav") if "prompts" not in path.parts]


async def begun(folder: Path) -> None:
    """What is said before the tone lasts longer than other tests wait."""
    await until(lambda: recordings(folder), 25.0)


@pytest.mark.parametrize(("kind", "extra"), [(Talker, ""), (Secure, ";mediaenc=srtp-mand")])
def test_a_message_is_left_and_holds_the_callers_voice(
    office: SipOffice, tmp_path: Path, kind: type[Talker], extra: str
) -> None:
    with kind(tmp_path / "ada", office.account(YEALINK), ADA, extra=extra) as ada:
        office.registered("101")
        ada.ask("dial", f"sip:108@{DOMAIN}")  # whose phone is off
        ada.told("CALL_ESTABLISHED")
        office.call(begun(tmp_path / "var"))
        found = office.until(lambda: [path for path in recordings(tmp_path / "var") if path.stat().st_size > 30_000])
        heard = found[0].read_bytes()
        ada.ask("hangup")
        ada.told("CALL_CLOSED")
    samples = wav.parse(heard).samples[-8_000:].astype(float) / 32768
    assert power(samples.tolist(), ADA) > 20 * power(samples.tolist(), 900)
