"""How long, how safe, how whole: backup, retention, keys, alarms."""
