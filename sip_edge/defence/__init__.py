"""What keeps strangers out: scanners, guessers, floods and networks nobody wants."""
