"""What we keep: the schema, the queries, the migrations. Nothing here commits."""
