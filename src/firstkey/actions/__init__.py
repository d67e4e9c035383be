"""What can be done at a site: one module per stage, and people, policies and operators.

Shell: it reads the clock, draws randomness and stores; every rule of enrollment is asked of the core.
"""
