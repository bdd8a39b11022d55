"""Virtual phones: they ask, read and complain as the vendors' phones do, and share nothing with the templates."""
