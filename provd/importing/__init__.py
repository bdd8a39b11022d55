"""Bringing phones in: a spreadsheet of phones, or the provisioning folder of another server."""
