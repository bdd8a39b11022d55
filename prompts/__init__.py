"""The sentences that the system says itself: the catalogue by language, and the sounds that script/prompts makes."""
