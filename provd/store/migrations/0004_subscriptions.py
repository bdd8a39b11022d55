"""Subscriptions that outlive a restart, and resyncs that wait. Rows of what happens, not of what is configured: a
device or phone that is deleted does not wait for them, and at the start what belongs to nothing is swept away."""

STATEMENTS = """
CREATE TABLE sip_subscriptions (
  tag TEXT PRIMARY KEY, device_id BIGINT NOT NULL, name TEXT NOT NULL, event TEXT NOT NULL, list BOOLEAN NOT NULL,
  call_id TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL, target TEXT NOT NULL, contact TEXT NOT NULL,
  routes TEXT NOT NULL, remote_cseq BIGINT NOT NULL, local_cseq BIGINT NOT NULL, version BIGINT NOT NULL,
  address TEXT NOT NULL, port INTEGER NOT NULL, until DOUBLE PRECISION NOT NULL
);
CREATE INDEX sip_subscriptions_device ON sip_subscriptions (device_id);
CREATE TABLE resyncs (
  phone_id BIGINT PRIMARY KEY, id TEXT NOT NULL, time TEXT NOT NULL, reboot BOOLEAN NOT NULL,
  asked DOUBLE PRECISION NOT NULL, due DOUBLE PRECISION NOT NULL
)
"""
