"""Statistics that know no noun of evalkit."""
