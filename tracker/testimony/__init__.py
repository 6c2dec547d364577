"""Understanding what families write: dates in words, names in several scripts."""
