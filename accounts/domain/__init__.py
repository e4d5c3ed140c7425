"""Calculations of this app in plain Python."""
