"""TLS for phones: the certificate from the settings, or a local CA and certificate made on the first start."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provd.errors import ProvdError

CA_YEARS = 10
SERVER_DAYS = 397
RENEW_DAYS = 30

# Said out loud, since what OpenSSL offers by itself differs between systems.
MODERN = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"
# Phones of before 2016 know neither elliptic curves nor GCM, and sign with SHA-1; still TLS 1.2 and no broken cipher.
OLD_PHONES = (
    "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:DHE+AES:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA:@SECLEVEL=0"
)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the chain and its key are; `ca` is the local CA's certificate, None when the certificate is bought."""

    chain: Path
    key: Path
    ca: Path | None


def certificate_files(folder: Path, host: str, chain: str, key: str, now: datetime.datetime) -> CertificateFiles:
    """The files of the settings, or local ones in `folder`, made or renewed where needed."""
    if chain or key:
        if not (chain and key and Path(chain).is_file() and Path(key).is_file()):
            raise ProvdError("Set both tls_certificate and tls_key to files that exist, or neither for a local CA.")
        return CertificateFiles(Path(chain), Path(key), None)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca, ca_key = folder / "ca.pem", folder / "ca-key.pem"
    if not (ca.exists() and ca_key.exists()):
        _make_ca(ca, ca_key, now)
    server, server_key = folder / "server.pem", folder / "server-key.pem"
    if not (server.exists() and server_key.exists() and _still_good(server, host, now)):
        _make_server(server, server_key, ca, ca_key, host, now)
    return CertificateFiles(server, server_key, ca)


def expiry_problems(chain: Path, now: datetime.datetime) -> list[str]:
    """A sentence when the certificate runs out within a month."""
    certificate = x509.load_pem_x509_certificate(chain.read_bytes())
    end = certificate.not_valid_after_utc
    if end - now > datetime.timedelta(days=RENEW_DAYS):
        return []
    return [f"The TLS certificate {chain} is good only until {end:%Y-%m-%d}; renew it."]


def server_context(files: CertificateFiles, vendor_cas: Path, *, old_phones: bool) -> ssl.SSLContext:
    """The context phones connect with. Client certificates are asked for when `vendor_cas` holds a vendor's CA.

    Raises ProvdError when a file is no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(OLD_PHONES if old_phones else MODERN)
    try:
        context.load_cert_chain(files.chain, files.key)
    except (ssl.SSLError, OSError) as error:
        raise ProvdError(f"The TLS certificate {files.chain} and its key cannot be used: {error}.") from error
    for path in sorted(vendor_cas.glob("*.pem")) if vendor_cas.is_dir() else ():
        try:
            context.load_verify_locations(path)
        except ssl.SSLError as error:
            raise ProvdError(f"{path} is no CA certificate in PEM form; take it out or replace it.") from error
        context.verify_mode = ssl.CERT_OPTIONAL
        # Vendors' device CAs are old: some have no basic constraints, some have run out long ago.
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context


def fingerprint(certificate: Path) -> str:
    """The SHA-256 fingerprint as people compare it, `AB:CD:…`."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def _still_good(path: Path, host: str, now: datetime.datetime) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    good_until = certificate.not_valid_after_utc - datetime.timedelta(days=RENEW_DAYS)
    return _alternative(host) in names and now < good_until


def _make_ca(path: Path, key_path: Path, now: datetime.datetime) -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"provd local CA {now:%Y-%m-%d}")])
    builder = _builder(name, name, key, now, datetime.timedelta(days=365 * CA_YEARS))
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    _write_key(key_path, key)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(path: Path, key_path: Path, ca: Path, ca_key: Path, host: str, now: datetime.datetime) -> None:
    issuer = x509.load_pem_x509_certificate(ca.read_bytes())
    signer = serialization.load_pem_private_key(ca_key.read_bytes(), None)
    if not isinstance(signer, rsa.RSAPrivateKey):
        raise ProvdError(f"{ca_key} is no RSA key; delete the folder {ca.parent} to have a new local CA made.")
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    builder = _builder(name, issuer.subject, key, now, datetime.timedelta(days=SERVER_DAYS))
    names = dict.fromkeys([_alternative(host), x509.DNSName("localhost"), _alternative("127.0.0.1")])
    builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = builder.add_extension(usage, critical=False).sign(signer, hashes.SHA256())
    _write_key(key_path, key)
    chain = certificate.public_bytes(serialization.Encoding.PEM) + ca.read_bytes()
    path.write_bytes(chain)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime.datetime, life: datetime.timedelta
) -> x509.CertificateBuilder:
    yesterday = now - datetime.timedelta(days=1)  # phones start with a clock that is behind
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(yesterday).not_valid_after(now + life)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
