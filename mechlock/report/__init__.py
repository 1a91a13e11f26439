"""What people and machines read: the table on the terminal, JUnit, CSV, plots and the self-contained HTML page."""
