"""The instrument against languages whose every probability is known: `python -m calibration`."""
