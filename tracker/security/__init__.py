"""Locks: keys, sealed fields, passwords, receipts, tokens, limits, the audit chain, safe text.

Pure library code. Nothing here knows Flask, the database, the network or the wall clock; every
function that needs the time takes `now`, an aware UTC instant.
"""
