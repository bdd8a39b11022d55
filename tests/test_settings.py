"""Settings from file and environment, and what is said when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.settings import Settings, load


def _file(folder: Path, text: str) -> Path:
    path = folder / "provd.toml"
    path.write_text(text)
    return path


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path / "none.toml", {})
    assert settings == Settings()
    assert settings.database == "sqlite:///var/provd.db"
    assert settings.host


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = _file(
        tmp_path, 'http_port = 80\ntftp_port = 69\nroles = ["http", "tftp"]\npublic_host = "pbx.example.com"\n'
    )
    settings = load(path, {"PROVD_HTTP_PORT": "8081", "PROVD_HTTP_DIGEST": "yes", "PROVD_TRUSTED_PROXIES": "a, b"})
    assert (settings.http_port, settings.tftp_port, settings.http_digest) == (8081, 69, True)
    assert (settings.roles, settings.trusted_proxies) == (("http", "tftp"), ("a", "b"))
    assert settings.host == "pbx.example.com"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http_port = 70000", "port is a number"),
        ('http_port = "eighty"', "http_port cannot be"),
        ('http_digest = "maybe"', "true or false"),
        ("processes = -1", "negative"),
        ("no_such = 1", "docs/settings.md"),
        ("http_port = ", "not valid TOML"),
        ("sip_bindings_per_device = 0", "from 1 to 20"),
        ("sip_expires_min = 5", "sip_expires_min must be from 10"),
        ("sip_expires_min = 600\nsip_expires_max = 300", "must not be above"),
        ('sip_digest_algorithms = "SHA-1"', "SHA-256 and MD5"),
        ("sip_digest_algorithms = []", "sip_digest_algorithms names one"),
        ('sip_digest_algorithms = ["MD5", "MD5"]', "sip_digest_algorithms names one"),
        ('sip_unknown_domain = "ignore"', "drop or refuse"),
    ],
)
def test_a_mistake_is_told_with_the_name_of_the_setting(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProvdError, match=said) as error:
        load(_file(tmp_path, text), {})
    assert str(error.value).endswith(".")


def test_every_setting_is_in_the_documents() -> None:
    text = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()
    missing = [name for name in Settings.__dataclass_fields__ if f"`{name}`" not in text]
    assert missing == []


def test_a_secret_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings(demo_password="hunter2"))
