"""Remote systems: what Tieout talks to, without a database and without a rule."""
