"""What we do: the use cases, the watch over the clock, the sending of what is due."""
