"""What families tell and what people do with a case."""
