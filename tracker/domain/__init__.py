"""What is true: the rules of the clock, of consent and of delivery. Only the standard library.

Nothing here opens a file, a socket or a database, and only `clock` reads the time of day.
"""
