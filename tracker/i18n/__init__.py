"""Languages: which we speak, the words in each, and dates as people write them there."""
