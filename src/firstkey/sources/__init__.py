"""Sources of record: what they write is read strictly by pure readers, and counts once an administrator signs it."""
