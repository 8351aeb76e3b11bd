"""The frame of the window: menus, bars, docks, the welcome page and the message of last resort."""
