"""Changes of right answers to the exercises of bonus notebook 2 that are right as well, with the reason."""

MUTANTS = {}

SABOTEURS = {}
