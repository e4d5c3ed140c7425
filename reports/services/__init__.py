"""What HR and leaders are told. Reads every app, writes nothing of theirs."""
