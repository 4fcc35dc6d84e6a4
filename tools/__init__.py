"""What makes the course work: commands, installer, slides and site, data and assets."""
