"""HTTPS: the local CA, and phones that show their vendor's certificate."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provd.errors import ProvdError
from provd.serve import tls
from tests.live import YEALINK, LiveServer

NOW = datetime.datetime.now(datetime.UTC)


@dataclass
class Vendor:
    """A vendor's CA as the factory has it: signs a certificate for every phone."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name} Equipment Issuing CA")])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        built = self._builder(self.subject, self.key).add_extension(basic, critical=True)
        self.certificate = built.sign(self.key, hashes.SHA256())

    def trust_in(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        (folder / f"{self.name}.pem").write_bytes(pem)

    def phone(self, common_name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        made = self._builder(subject, key).sign(self.key, hashes.SHA256())
        chain, secret = self.folder / f"{common_name}.pem", self.folder / f"{common_name}.key"
        chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        no_password = serialization.NoEncryption()
        pem = serialization.Encoding.PEM
        secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password))
        return chain, secret

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        return builder.not_valid_before(NOW - datetime.timedelta(1)).not_valid_after(NOW + datetime.timedelta(9))


def _client(server: LiveServer, certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.settings.data_dir / "tls" / "ca.pem")
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def test_a_phone_that_trusts_the_local_ca_gets_its_file(server: LiveServer) -> None:
    got = server.get(f"/p/{server.token}/{YEALINK}.cfg", tls=_client(server))
    assert got.status == 200
    assert server.events()[0].protocol == "https"


def test_the_page_that_tells_how_to_trust_it_shows_the_fingerprint(server: LiveServer) -> None:
    authority = server.settings.data_dir / "tls" / "ca.pem"
    assert tls.fingerprint(authority) in server.get("/trust").text
    assert server.get("/ca.pem").body == authority.read_bytes()
    assert b"PRIVATE" not in server.get("/ca.pem").body


def test_the_vendors_certificate_is_a_proof_for_its_own_mac_only(
    start: Callable[..., LiveServer], tmp_path: Path
) -> None:
    vendor = Vendor(tmp_path, "Yealink")
    vendor.trust_in(tmp_path / "cas")
    server = start(vendor_ca_dir=str(tmp_path / "cas"))
    own = _client(server, vendor.phone("80:5e:c0:00:01:01"))
    got = server.get(f"/{YEALINK}.cfg", tls=own)
    assert got.status == 200
    assert "account.1.password = \n" not in got.text
    assert server.get("/249ad8000111.cfg", tls=own).status == 404
    assert "another MAC" in server.events("249ad8000111")[0].reason
    plain = server.get(f"/{YEALINK}.cfg", tls=_client(server))
    assert "account.1.password = \n" in plain.text, "no certificate, no secrets"


def test_a_certificate_of_another_ca_does_not_get_in(start: Callable[..., LiveServer], tmp_path: Path) -> None:
    Vendor(tmp_path, "Yealink").trust_in(tmp_path / "cas")
    server = start(vendor_ca_dir=str(tmp_path / "cas"))
    forger = Vendor(tmp_path, "Forger").phone("805ec0000101")
    with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
        server.get(f"/{YEALINK}.cfg", tls=_client(server, forger))


def test_old_phones_get_old_ciphers_only_when_asked_for(start: Callable[..., LiveServer]) -> None:
    server = start(tls_old_phones=True)
    context = _client(server)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    assert server.get("/healthz", tls=context).status == 200


def test_a_modern_server_refuses_them(server: LiveServer) -> None:
    context = _client(server)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    with pytest.raises(OSError, match=r"(?i)handshake"):
        server.get("/healthz", tls=context)


def test_the_certificate_is_made_again_for_another_name_and_before_it_runs_out(tmp_path: Path) -> None:
    first = tls.certificate_files(tmp_path, "pbx.example.com", "", "", NOW).chain.read_bytes()
    assert tls.certificate_files(tmp_path, "pbx.example.com", "", "", NOW).chain.read_bytes() == first
    other = tls.certificate_files(tmp_path, "192.0.2.7", "", "", NOW)
    assert other.chain.read_bytes() != first
    later = NOW + datetime.timedelta(days=380)
    second = other.chain.read_bytes()
    assert "renew" in tls.expiry_problems(other.chain, later)[0]
    assert tls.certificate_files(tmp_path, "192.0.2.7", "", "", later).chain.read_bytes() != second
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0


def test_half_a_setting_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProvdError, match="both"):
        tls.certificate_files(tmp_path, "h", "chain.pem", "", NOW)
