"""Where devices are registered. Rows of what happens, not of what is configured: nothing refers to them, and a device
that is deleted does not wait for them; the registrar drops its bindings when it hears of it."""

STATEMENTS = """
CREATE TABLE sip_bindings (
  id BIGINT PRIMARY KEY, device_id BIGINT NOT NULL, contact TEXT NOT NULL, parameters TEXT NOT NULL,
  q DOUBLE PRECISION NOT NULL, instance TEXT NOT NULL, reg_id BIGINT NOT NULL, path TEXT NOT NULL,
  call_id TEXT NOT NULL, cseq BIGINT NOT NULL, user_agent TEXT NOT NULL, protocol TEXT NOT NULL,
  address TEXT NOT NULL, port INTEGER NOT NULL, registered DOUBLE PRECISION NOT NULL,
  refreshed DOUBLE PRECISION NOT NULL, expires DOUBLE PRECISION NOT NULL
);
CREATE INDEX sip_bindings_device ON sip_bindings (device_id)
"""
