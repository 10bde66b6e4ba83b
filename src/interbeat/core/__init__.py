"""The nouns that every other room speaks in."""
