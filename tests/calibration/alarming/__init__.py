"""The suites whose alarms are counted, and what is true of them."""
