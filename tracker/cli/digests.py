"""`tracker digest`: what each reader would get for a week."""
