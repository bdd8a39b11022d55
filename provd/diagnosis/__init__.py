"""Why is this phone not working?  The checks a technician makes, from the first contact to the lamps."""
