"""Sampling and measuring on a Ray cluster: workers that send, one actor that paces them, one driver that writes."""
