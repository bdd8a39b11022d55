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


class AnswerRules(Model):
    id = AutoField()
    domain_id = IntegerField()
    user_id = IntegerField()
    timeframe_id = IntegerField(null=True)
    place = IntegerField()
    content = JsonText()
    created = BigIntegerField()

    class Meta:
        table_name = "answer_rules"


class Answering(Model):
    user_id = IntegerField(primary_key=True)
    domain_id = IntegerField()
    do_not_disturb = BooleanField()
    forwards = JsonText()
    block_anonymous = BooleanField()
    spam = TextField()
    chosen = IntegerField(null=True)

    class Meta:
        table_name = "answering"


class NumberFilters(Model):
    id = AutoField()
    domain_id = IntegerField()
    user_id = IntegerField(null=True)
    number = TextField()
    allowed = BooleanField()
    created = BigIntegerField()

    class Meta:
        table_name = "number_filters"


class Dialling(Model):
    domain_id = IntegerField(primary_key=True)
    code_table = TextField()
    codes = JsonText()
    translations = JsonText()
    emergency = JsonText()
    caller_id_number = TextField()
    emergency_caller_id = TextField()
    spam_offered = BooleanField()
    support = TextField(default="")

    class Meta:
        table_name = "dialling"


class Trunks(Model):
    id = AutoField()
    domain_id = IntegerField(null=True)
    name = TextField()
    place = IntegerField()
    kind = TextField()
    host = TextField()
    port = IntegerField()
    transport = TextField()
    user_name = TextField()
    sealed_password = TextField()
    networks = JsonText()
    most_calls = IntegerField()
    writes = TextField()
    enabled = BooleanField()
    asks = BooleanField(default=True)
    created = BigIntegerField()

    class Meta:
        table_name = "trunks"


class TriedCalls(Model):
    id = AutoField()
    domain_id = IntegerField()
    name = TextField()
    asked = JsonText()
    expected = JsonText()
    created = BigIntegerField()

    class Meta:
        table_name = "tried_calls"
