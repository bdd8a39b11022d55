"""The call history as files: exports that run by themselves and go somewhere, and archives of old records."""
