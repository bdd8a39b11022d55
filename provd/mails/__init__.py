"""Mails to people: their texts, how they become messages, and how these leave."""
