"""Every reference value, and what became of it: computed by the product, or an exception with its reason."""
