"""The tables of when and where calls go; see tables.py for the rules."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, IntegerField, Model, TextField

from provd.store.tables import JsonText


class Timeframes(Model):
    id = AutoField()
    domain_id = IntegerField()
    user_id = IntegerField(null=True)
    number = IntegerField()
    name = TextField()
    times = JsonText()
    forced = TextField()
    created = BigIntegerField()

    class Meta:
        table_name = "timeframes"


class TimeframeSwitches(Model):
    id = AutoField()
    timeframe_id = IntegerField()
    user_id = IntegerField()
    since = BigIntegerField()

    class Meta:
        table_name = "timeframe_switches"


class PhoneNumbers(Model):
    id = AutoField()
    domain_id = IntegerField()
    number = TextField()
    site_id = IntegerField(null=True)
    treatment = TextField()
    user_id = IntegerField(null=True)
    destination = TextField()
    caller_id_prefix = TextField()
    notes = TextField()
    enabled = BooleanField()
    created = BigIntegerField()

    class Meta:
        table_name = "phone_numbers"
