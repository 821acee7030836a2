"""One file for each command; a module is loaded only when its command is called."""
