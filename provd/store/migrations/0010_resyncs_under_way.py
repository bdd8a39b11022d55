"""Resyncs that are under way outlive a restart too; what a phone has of the settings that phones restart for."""

STATEMENTS = """
ALTER TABLE resyncs ADD COLUMN decides BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE resyncs ADD COLUMN phase TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE resyncs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resyncs ADD COLUMN sent DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE resyncs ADD COLUMN fetched DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE resyncs ADD COLUMN text TEXT NOT NULL DEFAULT '';
CREATE TABLE restart_settings (phone_id BIGINT PRIMARY KEY, settings TEXT NOT NULL)
"""
