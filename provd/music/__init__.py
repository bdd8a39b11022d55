"""Music on hold: what is played to whoever waits, level by level, and in which order."""
