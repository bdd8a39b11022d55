"""Packaging: the console script `provd`, its data files and what it needs."""

from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent

# What a running server needs. Every choice is argued in docs/decisions/0002-libraries.md.
REQUIRED = [
    "tornado==6.6.1",
    "jinja2==3.1.6",
    "tftpy==0.8.7",
    "cryptography==50.0.2",
    "peewee==4.5.3",
    "netaddr==1.3.0",
    "argon2-cffi==25.1.0",
    "PyYAML==6.0.3",
    "jsonschema==4.26.0",
    "segno==1.6.6",
    "tqdm==4.70.1",
    "tzdata",
    "holidays==0.109",
    "phonenumbers==9.0.43",
    "numpy==2.4.6",
    "soundfile==0.14.0",
    "soxr==1.1.0",
    "pylibsrtp==1.0.0",
    "python-multipart==0.0.34",
]

# PostgreSQL in place of the embedded SQLite.
POSTGRES = ["psycopg2-binary==2.9.13"]

# pytest-tornado 0.8.1 imports pkg_resources, which setuptools dropped in version 81.
TEST = [
    *POSTGRES,
    "pytest==9.2.0",
    "pytest-tornado==0.8.1",
    "pytest-xdist==3.8.0",
    "setuptools<81",
    "aiosmtpd==1.4.6",
    "hypothesis==6.170.15",
    "openapi-spec-validator==0.9.0",
    "playwright==1.65.2",
    "axe-playwright-python==0.1.8",
    # holidays holds dateutil below 3; here it says what recurrences should be (tests/routing).
    "python-dateutil==2.9.0.post0",
    # An FTP server that exports are sent to, with TLS (tests/exporting).
    "pyftpdlib==2.2.0",
    "pyOpenSSL==26.4.0",
]

DEV = [
    *TEST,
    "ruff==0.17.6",
    "mypy==2.4.1",
    "types-PyYAML",
    "types-netaddr",
    "types-tqdm",
    "types-jsonschema",
    "types-python-dateutil",
]

PACKAGES = ["provd", "provd.*", "phone_manager", "phone_manager.*", "sip_edge", "sip_edge.*"]

setup(
    name="provd",
    version="0.1.0",
    description="Provisioning and device-management server for IP phones",
    long_description=(here / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=[*find_packages(include=PACKAGES), "device_templates", "firmware", "prompts"],
    package_data={
        "provd": ["py.typed", "**/*.json", "**/*.html", "**/*.css", "mails/*.j2", "music/standard/*.wav"],
        "device_templates": ["**/*.yaml", "**/*.j2", "**/*.json"],
        "phone_manager": ["templates/**/*", "static/**/*"],
        "firmware": ["*.yaml", "README.md"],
        "prompts": ["*.yaml", "**/*.wav"],
    },
    install_requires=REQUIRED,
    extras_require={"postgres": POSTGRES, "test": TEST, "dev": DEV},
    entry_points={"console_scripts": ["provd = provd.cli:main"]},
)
