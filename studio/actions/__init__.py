"""What a person can do, as values: menus, palette and help read them."""
