"""Real peers on loopback, and an office to send from, for tests of delivery."""
