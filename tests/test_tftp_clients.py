"""TFTP clients of other people against our server: each must bring home the very octets."""

import asyncio
import os
import shutil

import pytest
import tftpy

from provd.exchange import Answer
from provd.serve.tftp import TftpServer
from tests.tftp_phone import scenario

pytestmark = pytest.mark.client

SIZES = [0, 511, 512, 12_288, 12_345]


def program(name: str, package: str) -> str:
    """The path of an installed client; without it the test is skipped and says what to install."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return path


async def fetch(octets: bytes, *command: str) -> int:
    """Serve `octets` as `phone.cfg`, run the command with HOST and PORT filled in; → its exit status."""
    server = TftpServer(lambda request: Answer(200, octets) if request.path == "phone.cfg" else Answer(404))
    port = await server.start("127.0.0.1", 0)
    words = [word.replace("PORT", str(port)).replace("HOST", "127.0.0.1") for word in command]
    process = await asyncio.create_subprocess_exec(*words, stdout=-3, stderr=-3)
    status = await process.wait()
    await server.stop()
    return status


@pytest.mark.parametrize("size", SIZES)
@scenario
async def test_tftp_hpa(tmp_path, size):
    octets, target = os.urandom(size), tmp_path / "got"
    hpa = program("tftp", "tftp-hpa")
    await fetch(octets, hpa, "-m", "octet", "HOST", "PORT", "-c", "get", "phone.cfg", str(target))
    assert target.read_bytes() == octets


@scenario
async def test_tftp_hpa_in_netascii(tmp_path):
    """The client turns CR LF back into LF and CR NUL into CR."""
    target, text = tmp_path / "got", b"one\ntwo\r\nthree\rfour\0five\n" * 500
    hpa = program("tftp", "tftp-hpa")
    await fetch(text, hpa, "-m", "netascii", "HOST", "PORT", "-c", "get", "phone.cfg", str(target))
    assert target.read_bytes() == text


@pytest.mark.parametrize("option", ["blksize 1428", "blksize 1468", "tsize", "timeout 3", "windowsize 8"])
@pytest.mark.parametrize("size", [0, 12_288, 300_001])
@scenario
async def test_atftp(tmp_path, option, size):
    octets, target = os.urandom(size), tmp_path / "got"
    command = [program("atftp", "atftp"), "--option", option]
    await fetch(octets, *command, "--get", "-r", "phone.cfg", "-l", str(target), "HOST", "PORT")
    assert target.read_bytes() == octets


@pytest.mark.parametrize("blksize", ["512", "1428", "65464"])
@pytest.mark.parametrize("size", [*SIZES, 300_001])
@scenario
async def test_curl(tmp_path, blksize, size):
    octets, target = os.urandom(size), tmp_path / "got"
    curl = program("curl", "curl")
    assert (
        await fetch(octets, curl, "-s", "--tftp-blksize", blksize, "-o", str(target), "tftp://HOST:PORT/phone.cfg") == 0
    )
    assert (target.read_bytes() if size else b"") == octets


@scenario
async def test_curl_is_told_that_a_file_is_not_there(tmp_path):
    status = await fetch(b"", program("curl", "curl"), "-s", "-o", str(tmp_path / "got"), "tftp://HOST:PORT/other.cfg")
    assert status == 68  # CURLE_TFTP_NOTFOUND


@pytest.mark.parametrize("options", [{}, {"blksize": 1428}, {"blksize": 1428, "tsize": 0}])
@pytest.mark.parametrize("size", [*SIZES, 300_001])
@scenario
async def test_tftpy(tmp_path, options, size):
    octets, target = os.urandom(size), tmp_path / "got"
    server = TftpServer(lambda request: Answer(200, octets))
    client = tftpy.TftpClient("127.0.0.1", await server.start("127.0.0.1", 0), options)
    await asyncio.to_thread(client.download, "phone.cfg", str(target))
    await server.stop()
    assert target.read_bytes() == octets


@scenario
async def test_a_firmware_of_more_than_65535_blocks(tmp_path):
    """The client must wrap the block number as we do: from 65535 to 0."""
    octets, target = os.urandom(65_540 * 512 + 7), tmp_path / "got"
    curl = program("curl", "curl")
    assert await fetch(octets, curl, "-s", "-o", str(target), "tftp://HOST:PORT/phone.cfg") == 0
    assert target.read_bytes() == octets
