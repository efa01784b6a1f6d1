"""Who may see, who plays which part: pure of HTTP."""
