"""The provisioning server. ARCHITECTURE.md tells the way around."""

__version__ = "0.1.0"
