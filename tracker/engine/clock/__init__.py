"""Where the rules meet the record: what falls due is decided and raised."""
