"""From samples to curves: measure, infer, cautions."""
