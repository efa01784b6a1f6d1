"""inspect-app: inspection and discipline casework whose history is evidence."""
