"""The joiner's device takes the case and is anchored; rivals are refused; a claim is released."""
