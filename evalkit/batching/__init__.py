"""Runs by files: requests written for the Batch API, results read back, batches sent and awaited."""
