"""The tables of mailboxes, music and the history of calls; see tables.py for the rules."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, DoubleField, IntegerField, Model, TextField


class CallEvents(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    call = TextField()
    at = DoubleField()
    kind = TextField()
    leg = IntegerField()
    extension = TextField()
    device = TextField()
    number = TextField()
    name = TextField()
    called = TextField()
    status = IntegerField()
    reason = TextField()
    blocked = BooleanField()
    detail = TextField()

    class Meta:
        table_name = "call_events"


class Mailboxes(Model):
    user_id = BigIntegerField(primary_key=True)
    domain_id = BigIntegerField()
    settings = TextField()
    greeting_id = BigIntegerField(null=True)
    name_file = TextField()
    name_seconds = DoubleField()
    name_octets = BigIntegerField()
    reminded = BigIntegerField()
    called = BigIntegerField()

    class Meta:
        table_name = "mailboxes"


class Voicemails(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    user_id = BigIntegerField()
    folder = TextField()
    at = BigIntegerField()
    moved = BigIntegerField()
    number = TextField()
    name = TextField()
    seconds = DoubleField()
    octets = BigIntegerField()
    file = TextField()
    urgent = BooleanField()
    copied_from = TextField()

    class Meta:
        table_name = "voicemails"


class Greetings(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    user_id = BigIntegerField()
    name = TextField()
    source = TextField()
    words = TextField()
    seconds = DoubleField()
    octets = BigIntegerField()
    file = TextField()
    created = BigIntegerField()

    class Meta:
        table_name = "greetings"


class MusicTracks(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    owner = TextField()
    owner_id = BigIntegerField()
    user_id = BigIntegerField(null=True)
    kind = TextField()
    place = IntegerField()
    name = TextField()
    source = TextField()
    words = TextField()
    voice = TextField()
    language = TextField()
    seconds = DoubleField()
    octets = BigIntegerField()
    file = TextField()
    created = BigIntegerField()

    class Meta:
        table_name = "music_tracks"


class MusicSettings(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    owner = TextField()
    owner_id = BigIntegerField()
    user_id = BigIntegerField(null=True)
    shuffle = BooleanField()
    gap = IntegerField()
    standard = BooleanField()
    silent = BooleanField()
    version = BigIntegerField()

    class Meta:
        table_name = "music_settings"


class Cdrs(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    call = TextField()
    part = IntegerField()
    at = DoubleField()
    answered = DoubleField(null=True)
    ended = DoubleField()
    direction = TextField()
    from_name = TextField()
    from_number = TextField()
    from_extension = TextField()
    dialed = TextField()
    to_number = TextField()
    to_name = TextField()
    disposition = TextField()
    status = IntegerField()
    blocked = BooleanField()
    missed = BooleanField()
    note = TextField()
    note_disposition = TextField()
    note_reason = TextField()
    noted_by = TextField()

    class Meta:
        table_name = "cdrs"


class CdrPeople(Model):
    id = AutoField()
    cdr_id = BigIntegerField()
    domain_id = BigIntegerField()
    extension = TextField()
    at = DoubleField()

    class Meta:
        table_name = "cdr_people"


class Statuses(Model):
    user_id = IntegerField(primary_key=True)
    domain_id = IntegerField()
    status = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "statuses"


class ExportSchedules(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    name = TextField()
    settings = TextField()
    sealed_password = TextField()
    sealed_key = TextField()
    paused = BooleanField()
    next_at = BigIntegerField(null=True)
    asked = BigIntegerField()
    claimed = BigIntegerField()
    tries = IntegerField()
    try_at = BigIntegerField()
    ran_at = BigIntegerField()
    text = TextField()
    created = BigIntegerField()
    created_by = TextField()

    class Meta:
        table_name = "export_schedules"


class Exports(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    schedule_id = BigIntegerField(null=True)
    name = TextField()
    file = TextField()
    at = BigIntegerField()
    since = BigIntegerField()
    until = BigIntegerField()
    calls = BigIntegerField()
    octets = BigIntegerField()
    state = TextField()
    text = TextField()
    tries = IntegerField()
    try_at = BigIntegerField()
    claimed = BigIntegerField()

    class Meta:
        table_name = "exports"


class CdrArchives(Model):
    id = AutoField()
    domain_id = BigIntegerField()
    month = TextField()
    file = TextField()
    calls = BigIntegerField()
    octets = BigIntegerField()
    changed = BigIntegerField()

    class Meta:
        table_name = "cdr_archives"
