-- The application may see which steps of the schema were taken, to refuse to work on others.
grant select on django_migrations to tieout_app;

-- and back:
revoke select on django_migrations from tieout_app;
