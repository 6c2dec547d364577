"""The web door: pages for families and staff."""
