"""What is true: the rules of the clock, of consent and of delivery. Pure; the standard library only.

Nothing here opens a file, a socket or a database, and only `clock` reads the time of day.
"""
