"""SIPp as a carrier of the demo company: it brings calls, takes them, refuses them, and asks for passwords."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provd.store import api_keys
from tests.clients.call_office import CallOffice
from tests.clients.scenes import DOMAIN

CALLER = "+13035550188"
_SDP = """
      v=0
      o=carrier 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio 30000 RTP/AVP 0
"""
_ANSWER = """[last_Via:]
      [last_Record-Route:]
      [last_From:]
      [last_To:];tag=[pid]u[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:carrier@[local_ip]:[local_port];transport=[transport]>"""


class Carriers:
    """The carriers of a test; their trunks are made over the API, and taken away again."""

    def __init__(self, office: CallOffice, folder: Path) -> None:
        self._office = office
        self._folder = folder
        self._count = 0
        _, self._key = office.store(api_keys.create, "provider", "super_user", int(time.time()))

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API as the provider."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        said = json.dumps(body).encode() if body is not None else None
        got = self._office.get(f"/api/v2{path}", method=method, headers=headers, body=said)
        assert got.status in (200, 201, 204), (path, got.status, got.text)
        return json.loads(got.body) if got.body else None

    @contextmanager
    def trunk(self, port: int = 9, *, path: str = "/trunks", **fields: Any) -> Iterator[str]:
        """A trunk for a while; its address in the API."""
        self._count += 1
        made = self.api(
            "POST", path, {"name": f"Carrier {self._count}", "host": "127.0.0.1", "port": port, "asks": False, **fields}
        )
        self._refresh()
        try:
            yield f"{path}/{made['id']}"
        finally:
            self.api("DELETE", f"{path}/{made['id']}")
            self._refresh()

    def change(self, path: str, **fields: Any) -> None:
        """Change a trunk; the server knows."""
        self.api("PATCH", path, fields)
        self._refresh()

    def _refresh(self) -> None:
        self._office.call(self._office.calls.trunks.refresh())
        self._office.call(self._office.services.companies.of(DOMAIN))

    def brings(
        self, number: str, status: int, *headers: str, address: str = "127.0.0.1", transport: str = "u1", to: str = ""
    ) -> int:
        """A call of CALLER to a number that should be answered so; SIPp's exit status. One of 200 ends at once."""
        return self.bringing(number, status, *headers, address=address, transport=transport, to=to).wait(15)

    def bringing(
        self, number: str, status: int, *headers: str, address: str = "127.0.0.1", transport: str = "u1", to: str = ""
    ) -> subprocess.Popen[bytes]:
        """The same, while it goes on."""
        said = "\n      ".join(("Max-Forwards: 70", *headers))
        first = f"""<send retrans="500"><![CDATA[

      INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
      From: "Carol" <sip:{CALLER}@[local_ip]>;tag=[pid]c[call_number]
      To: <sip:{to or number}@[remote_ip]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:carrier@[local_ip]:[local_port];transport=[transport]>
      {said}
      Content-Type: application/sdp
      Content-Length: [len]
{_SDP}
  ]]></send>"""
        waits = "".join(f'<recv response="{one}" optional="true"></recv>' for one in (100, 180, 183))
        ending = _dialog("ACK", 1) + (_dialog("BYE", 2) + '<recv response="200"></recv>' if status == 200 else "")
        scenario = f'{first}{waits}<recv response="{status}" rrs="true"></recv>{ending}'
        return self._run(
            scenario, f"127.0.0.1:{self._office.sip[1]}", "-i", address, "-p", str(_free_port(address)), "-t", transport
        )

    @contextmanager
    def silent(self) -> Iterator[int]:
        """The port of a carrier that hears and says nothing."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.1", 0))
            yield int(mute.getsockname()[1])

    @contextmanager
    def takes(self, *statuses: int, secret: str = "", challenge: int = 407) -> Iterator[tuple[int, Any]]:
        """A carrier that answers one call with these, the last 200 or a refusal; with a `secret` it asks for it first.
        Its port, and a function that waits for the end: SIPp's exit status."""
        port = _free_port("127.0.0.1")
        asks = _challenged(secret, challenge) if secret else _INVITED
        final = statuses[-1]
        told = "".join(_said(status) for status in statuses[:-1])
        talk = '<recv request="BYE"></recv>' + _said(200, to_call=False) if final == 200 else ""
        last = _said(final, body=final == 200, retrans=True) + '<recv request="ACK"></recv>' + talk
        running = self._run(f"{asks}{told}{last}", "", "-i", "127.0.0.1", "-p", str(port))
        try:
            yield port, lambda: running.wait(15)
        finally:
            running.kill()
            running.wait()

    def _run(self, scenario: str, target: str, *more: str) -> subprocess.Popen[bytes]:
        self._count += 1
        file = self._folder / f"carrier{self._count}.xml"
        file.write_text(f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="carrier">{scenario}</scenario>')
        options = ["-m", "1", "-nostdin", "-timeout", "14", "-timeout_error", "-recv_timeout", "12000"]
        traces = ["-trace_err", "-error_file", str(file.with_suffix(".log"))]
        command = ["sipp", *([target] if target else []), "-sf", str(file), *more, *options, *traces]
        off = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=self._folder, stdin=off, stdout=off, stderr=off)


_INVITED = '<recv request="INVITE" rrs="true"></recv>'


def _free_port(address: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def _said(status: int, *, body: bool = False, retrans: bool = False, to_call: bool = True) -> str:
    sdp = f"Content-Type: application/sdp\n      Content-Length: [len]\n{_SDP}" if body else "Content-Length: 0\n"
    to = _ANSWER if to_call else _ANSWER.replace(";tag=[pid]u[call_number]", "")
    again = ' retrans="500"' if retrans and status == 200 else ""
    return f"<send{again}><![CDATA[\n\n      SIP/2.0 {status} Said\n      {to}\n      {sdp}\n  ]]></send>"


def _challenged(secret: str, status: int) -> str:
    name = "Proxy-Authenticate" if status == 407 else "WWW-Authenticate"
    asked = f'{name}: Digest realm="carrier", nonce="abcdef", algorithm=MD5'
    refusal = _said(status).replace("Content-Length: 0", f"{asked}\n      Content-Length: 0")
    check = f'<action><verifyauth assign_to="ok" username="acme" password="{secret}" /></action>'
    if status == 407:  # SIPp can verify the other header only
        given = "username=.acme.*uri=.*response=.[0-9a-f]{32}"
        where = 'search_in="hdr" header="Proxy-Authorization:" assign_to="ok"'
        check = f'<action><ereg regexp="{given}" {where} /></action>'
    checked = f'<recv request="INVITE" rrs="true">{check}</recv>'
    fails = '<nop hide="true" test="ok" next="9"></nop>' + _said(403) + '<recv request="ACK"></recv>'
    return f'{_INVITED}{refusal}<recv request="ACK"></recv>{checked}{fails}<label id="9"/>'


def _dialog(method: str, cseq: int) -> str:
    return f"""<send{' retrans="500"' if method == "BYE" else ""}><![CDATA[

      {method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
      [routes]
      Max-Forwards: 70
      From: "Carol" <sip:{CALLER}@[local_ip]>;tag=[pid]c[call_number]
      To: [last_To]
      Call-ID: [call_id]
      CSeq: {cseq} {method}
      Content-Length: 0

  ]]></send>"""
