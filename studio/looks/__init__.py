"""How the window looks: colours, style, icons."""
