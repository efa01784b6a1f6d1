"""The law of the application: workflows, rules and calculations, pure values that touch neither web nor database."""
