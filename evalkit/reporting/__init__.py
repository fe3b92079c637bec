"""From nouns to pages."""
