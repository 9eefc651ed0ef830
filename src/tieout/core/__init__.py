"""The trade itself: frozen values and plain functions, standard library only, no I/O, no clock."""
