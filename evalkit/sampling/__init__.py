"""From a plan to outcomes: workers, retries, limits."""
