"""What must leave: claimed, worded, sent, settled, answered."""
