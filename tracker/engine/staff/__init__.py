"""Who works here: their accounts, doors, leave, ways to reach them."""
