"""The tables as peewee sees them; the statements that make them are in migrations/.

Rules of this file: columns only. No default that matters is set here (the functions of each noun set every column),
foreign keys are plain integers (the database enforces them), and times are UTC epoch seconds.
"""

from __future__ import annotations

import json
from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, CharField, IntegerField, Model, TextField


class JsonText(TextField):
    """Any JSON value as text: the same on every database, and sealed pieces stay readable to a restore."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else dump(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class TextList(JsonText):
    """A JSON list of strings, a tuple in rows."""

    def python_value(self, value: str | None) -> tuple[str, ...]:
        return () if value is None else tuple(json.loads(value))


def dump(value: Any) -> str:
    """Compact JSON with sorted keys, so that equal values are equal text."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


class Domains(Model):
    id = AutoField()
    name = TextField()
    description = TextField()
    time_zone = TextField()
    area_code = TextField()
    language = TextField()
    admission = JsonText()
    sip_host = TextField()
    revision = IntegerField()
    directory_revision = IntegerField()
    created = BigIntegerField()
    hide_delete = BooleanField()
    second_factor = BooleanField()
    country = TextField()
    last_timeframe = IntegerField()

    class Meta:
        table_name = "domains"


class Sites(Model):
    id = AutoField()
    domain_id = IntegerField()
    name = TextField()
    defaults = JsonText()
    revision = IntegerField()
    user_defaults = JsonText()

    class Meta:
        table_name = "sites"


class Departments(Model):
    id = AutoField()
    domain_id = IntegerField()
    name = TextField()

    class Meta:
        table_name = "departments"


class Users(Model):
    id = AutoField()
    domain_id = IntegerField(null=True)
    extension = TextField()
    first_name = TextField()
    last_name = TextField()
    login_name = TextField()
    department_id = IntegerField(null=True)
    site_id = IntegerField(null=True)
    time_zone = TextField()
    scope = TextField()
    record_calls = TextField()
    announce_in_audio_directory = BooleanField()
    list_in_directory = BooleanField()
    area_code = TextField()
    caller_id_name = TextField()
    caller_id_number = TextField()
    emergency_caller_id = TextField()
    emails = TextList()
    sealed_voicemail_pin = TextField()
    password_hash = TextField()
    service_code = TextField()
    created = BigIntegerField()

    class Meta:
        table_name = "users"


class Devices(Model):
    id = AutoField()
    domain_id = IntegerField()
    user_id = IntegerField()
    name = TextField()
    sealed_password = TextField()
    transport = TextField()
    srtp = TextField()
    expires = IntegerField()
    emergency_caller_id = TextField()
    ignore_for_presence = BooleanField()
    allowed_user_agent = TextField()
    description = TextField()
    created = BigIntegerField()

    class Meta:
        table_name = "devices"


class Phones(Model):
    id = AutoField()
    domain_id = IntegerField()
    mac = CharField()
    model = TextField()
    site_id = IntegerField(null=True)
    template_id = IntegerField(null=True)
    description = TextField()
    time_zone = TextField()
    expansions = TextList()
    admission = JsonText(null=True)
    digest_user = TextField()
    sealed_digest_password = TextField()
    revision = IntegerField()
    created = BigIntegerField()
    swapped_from = TextField()
    last_contact = BigIntegerField(null=True)
    last_address = TextField()
    last_firmware = TextField()
    last_file = TextField()
    fetched_revision = TextField()
    fetched_at = BigIntegerField(null=True)
    refused_at = BigIntegerField(null=True)
    refused_why = TextField()
    refused_address = TextField()

    class Meta:
        table_name = "phones"


class PhoneLines(Model):
    id = AutoField()
    phone_id = IntegerField()
    line = IntegerField()
    device_id = IntegerField()
    shared = BooleanField()
    label = TextField()

    class Meta:
        table_name = "phone_lines"


class Layers(Model):
    id = AutoField()
    kind = TextField()
    ref = TextField()
    domain_id = IntegerField(null=True)
    settings = JsonText()
    keys = JsonText()
    raw = JsonText()
    directory = JsonText()
    revision = IntegerField()

    class Meta:
        table_name = "layers"


class LayerVersions(Model):
    id = AutoField()
    layer_id = IntegerField()
    revision = IntegerField()
    settings = JsonText()
    keys = JsonText()
    raw = JsonText()
    directory = JsonText()
    who = TextField()
    at = BigIntegerField()
    comment = TextField()

    class Meta:
        table_name = "layer_versions"


class Drafts(Model):
    id = AutoField()
    phone_id = IntegerField(null=True)
    template_id = IntegerField(null=True)
    user_id = IntegerField(null=True)
    owner = TextField()
    name = TextField()
    revision = IntegerField()
    sealed_content = TextField()
    created = BigIntegerField()
    updated = BigIntegerField()

    class Meta:
        table_name = "drafts"


class Templates(Model):
    id = AutoField()
    domain_id = IntegerField()
    name = TextField()
    description = TextField()
    model = TextField()
    read_only = BooleanField()
    revision = IntegerField()
    created = BigIntegerField()

    class Meta:
        table_name = "templates"


class Contacts(Model):
    id = AutoField()
    domain_id = IntegerField()
    first_name = TextField()
    last_name = TextField()
    numbers = TextList()

    class Meta:
        table_name = "contacts"


class Tokens(Model):
    id = AutoField()
    domain_id = IntegerField()
    phone_id = IntegerField(null=True)
    digest = TextField()
    sealed = TextField()
    state = TextField()
    created = BigIntegerField()
    first_used = BigIntegerField(null=True)

    class Meta:
        table_name = "tokens"
