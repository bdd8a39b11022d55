"""What pages show, computed from what the API answered; no I/O."""
