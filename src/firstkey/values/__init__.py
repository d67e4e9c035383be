"""The words everything else is written in: no rules of enrollment, no IO, no clock."""
