-- New lines, to be kept.
by name select * from new_line
