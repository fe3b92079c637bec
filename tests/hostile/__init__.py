"""Bad answers, hostile texts and secrets, through the whole program: docs/hostile.md says what is held here."""
