"""Secrets at rest: what is sealed with the key file, what is hashed, and how tokens are made and compared.

The key file lies outside the database, so that a copied database gives nobody a SIP password. It holds one key a
line, newest first: new text is sealed with the first, old text is opened with whichever key sealed it.
Hashing a password takes some 50 ms on purpose (argon2id, RFC 9106): callers on the event loop use a thread.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provd.errors import ProvdError

MASK = "••••••••"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1: 96 bits
_PREFIX = "sealed1"

_hasher = PasswordHasher()
_dummy_hash = _hasher.hash("no user has this password")


class Seal:
    """Seals and opens short texts with the keys of one key file (AES-256-GCM, NIST SP 800-38D)."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        """`keys`: 32 bytes each, newest first."""
        self._keys = tuple(keys)
        if not self._keys or any(len(key) != KEY_BYTES for key in self._keys):
            raise ProvdError("A key file needs at least one key of 32 bytes; restore it from the backup.")
        self._ciphers = {key_id(key): AESGCM(key) for key in self._keys}
        self._newest = key_id(self._keys[0])

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Short names of the keys, newest first; they tell nothing about the keys."""
        return tuple(self._ciphers)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys themselves, for a backup that seals them with a passphrase."""
        return self._keys

    def seal(self, text: str) -> str:
        """Returns `sealed1:<key id>:<base64url of nonce and ciphertext>`; twice the same text looks different."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = nonce + self._ciphers[self._newest].encrypt(nonce, text.encode(), _PREFIX.encode())
        return f"{_PREFIX}:{self._newest}:{base64.urlsafe_b64encode(box).decode()}"

    def open(self, sealed: str) -> str:
        """The text that was sealed; raises ProvdError when no key of the file opens it."""
        parts = sealed.split(":")
        if len(parts) != 3 or parts[0] != _PREFIX:
            raise ProvdError("A stored secret is damaged: it does not look sealed; set it again or restore a backup.")
        cipher = self._ciphers.get(parts[1])
        if cipher is None:
            raise ProvdError(
                f"A stored secret was sealed with key {parts[1]}, which is not in the key file; "
                "put the key file back that belongs to this database."
            )
        try:
            box = base64.urlsafe_b64decode(parts[2])
            return cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _PREFIX.encode()).decode()
        except (ValueError, InvalidTag):
            raise ProvdError(
                "A stored secret is damaged and does not open; set it again or restore a backup."
            ) from None

    def current(self, sealed: str) -> bool:
        """True when `sealed` was sealed with the newest key, so that rotation can leave it alone."""
        return sealed.startswith(f"{_PREFIX}:{self._newest}:")

    @classmethod
    def from_file(cls, path: Path) -> Seal:
        """Reads the key file, making it with one new key on first use.

        Raises ProvdError when others than its owner may read it, or when it holds no valid key.
        """
        if not path.exists():
            new = _written(path, [secrets.token_bytes(KEY_BYTES)])
            # A second process that starts at the same moment must not replace the first one's key.
            with contextlib.suppress(FileExistsError):
                os.link(new, path)
            new.unlink()
            _sync_folder(path.parent)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ProvdError(f"The key file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")
        return cls(_read_keys(path))


def key_id(key: bytes) -> str:
    """Eight hexadecimal digits that name a key without telling it."""
    return hashlib.sha256(b"provd key id" + key).hexdigest()[:8]


def add_key(path: Path) -> Seal:
    """Puts a new key on top of the key file; new secrets use it, old ones still open."""
    keys = [secrets.token_bytes(KEY_BYTES), *Seal.from_file(path).keys]
    write_keys(path, keys)
    return Seal(keys)


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    """Replaces the key file in one step, so that a crash leaves the old or the new one."""
    _written(path, keys).replace(path)
    _sync_folder(path.parent)


def _written(path: Path, keys: Iterable[bytes]) -> Path:
    """A complete key file beside `path`, on the disk, under a name that nobody else uses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# Keys of the secrets in the database, newest first. Keep a copy apart from the database.\n"]
    lines += [base64.b64encode(key).decode() + "\n" for key in keys]
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    return new


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_keys(path: Path) -> list[bytes]:
    lines = [line.strip() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    try:
        keys = [base64.b64decode(line, validate=True) for line in lines if line and not line.startswith("#")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise ProvdError(f"The key file {path} holds no usable key; put back the copy that belongs to this database.")
    return keys


def hash_password(text: str) -> str:
    """An argon2id hash with its salt and cost in it; takes some 50 ms."""
    return _hasher.hash(text)


def verify_password(hashed: str, text: str) -> bool:
    """Whether `text` is the password of `hashed`; an empty hash takes as long as a wrong password and is False."""
    try:
        return _hasher.verify(hashed or _dummy_hash, text) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """True when the hash was made with lower costs than today's; hash again after the next sign-in."""
    return bool(hashed) and _hasher.check_needs_rehash(hashed)


def new_token(prefix: str = "") -> str:
    """22 characters (128 random bits) that are safe in a URL and in a file name, after `prefix`."""
    return prefix + secrets.token_urlsafe(16)


def new_password(length: int = 24) -> str:
    """Letters and digits only, without those that people mix up, so that every phone and every display takes it."""
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(secrets.choice(alphabet) for _ in range(length))


def token_digest(token: str) -> str:
    """What is stored and looked up instead of a token: SHA-256 in hexadecimal; enough for 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compares two secrets in a time that does not tell how much of them agrees."""
    return hmac.compare_digest(one.encode(), other.encode())


def mask(text: str) -> str:
    """What a page or log shows in place of a secret; never its length."""
    return MASK if text else ""
