"""The tables of what happened and of who may ask; see tables.py for the rules."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, DoubleField, IntegerField, Model, TextField

from provd.store.tables import JsonText


class PhoneEvents(Model):
    id = AutoField()
    mac = TextField()
    phone_id = IntegerField(null=True)
    domain_id = IntegerField(null=True)
    at = DoubleField()
    kind = TextField()
    address = TextField()
    protocol = TextField()
    file = TextField()
    firmware = TextField()
    user_agent = TextField()
    duration_us = BigIntegerField()
    status = IntegerField()
    reason = TextField()

    class Meta:
        table_name = "phone_events"


class Knocks(Model):
    mac = TextField(primary_key=True)
    first_seen = BigIntegerField()
    last_seen = BigIntegerField()
    count = BigIntegerField()
    address = TextField()
    user_agent = TextField()
    vendor = TextField()
    model = TextField()
    reason = TextField()

    class Meta:
        table_name = "knocks"


class ApiKeys(Model):
    id = AutoField()
    domain_id = IntegerField(null=True)
    name = TextField()
    scope = TextField()
    digest = TextField()
    created = BigIntegerField()
    created_by = TextField()
    last_used = BigIntegerField(null=True)
    user_id = IntegerField(null=True)

    class Meta:
        table_name = "api_keys"


class Audits(Model):
    id = AutoField()
    domain_id = IntegerField(null=True)
    at = BigIntegerField()
    who = TextField()
    action = TextField()
    noun = TextField()
    ref = TextField()
    changed = JsonText()

    class Meta:
        table_name = "audits"


class Changes(Model):
    id = AutoField()
    noun = TextField()
    ref = TextField()
    domain_id = IntegerField(null=True)
    at = BigIntegerField()

    class Meta:
        table_name = "changes"


class Jobs(Model):
    id = AutoField()
    domain_id = IntegerField(null=True)
    kind = TextField()
    state = TextField()
    created = BigIntegerField()
    created_by = TextField()
    started = BigIntegerField(null=True)
    finished = BigIntegerField(null=True)
    total = IntegerField()
    done = IntegerField()
    failed = IntegerField()
    result = JsonText()
    text = TextField()
    counts = JsonText()
    stage = IntegerField()
    excused = IntegerField()
    change = BigIntegerField()
    parent = IntegerField(null=True)
    until = BigIntegerField(null=True)

    class Meta:
        table_name = "jobs"


class JobItems(Model):
    id = AutoField()
    job_id = IntegerField()
    ref = TextField()
    state = TextField()
    text = TextField()
    at = BigIntegerField(null=True)
    change = BigIntegerField()
    phone_id = IntegerField(null=True)
    was = JsonText(null=True)
    wish = JsonText(null=True)
    revision = BigIntegerField()
    written = DoubleField(null=True)
    notified = DoubleField(null=True)
    fetched = DoubleField(null=True)

    class Meta:
        table_name = "job_items"


class AccountLinks(Model):
    id = AutoField()
    user_id = IntegerField()
    purpose = TextField()
    digest = TextField()
    created = BigIntegerField()
    until = BigIntegerField()

    class Meta:
        table_name = "account_links"


class SecondFactors(Model):
    user_id = IntegerField(primary_key=True)
    sealed_secret = TextField()
    created = BigIntegerField()
    confirmed = BigIntegerField(null=True)
    last_step = BigIntegerField()
    failures = IntegerField()
    failed = BigIntegerField()

    class Meta:
        table_name = "second_factors"


class RecoveryCodes(Model):
    id = AutoField()
    user_id = IntegerField()
    digest = TextField()
    used = BigIntegerField(null=True)

    class Meta:
        table_name = "recovery_codes"


class ResellerDomains(Model):
    id = AutoField()
    user_id = IntegerField()
    domain_id = IntegerField()

    class Meta:
        table_name = "reseller_domains"


class Facts(Model):
    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "facts"
