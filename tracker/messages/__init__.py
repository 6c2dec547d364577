"""What we say: messages worded in the recipient's language at the moment of sending (S4)."""
