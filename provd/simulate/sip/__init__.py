"""The SIP side of virtual phones: they register, watch lamps, and obey who tells them to fetch."""
