-- What the sign-in library keeps: sessions, addresses, second factors. None of it is a tenant's.
grant select, insert, update, delete on
  django_session, account_emailaddress, account_emailconfirmation, mfa_authenticator,
  usersessions_usersession to tieout_app;
grant select on django_content_type to tieout_app;

-- and back:
revoke all on
  django_session, account_emailaddress, account_emailconfirmation, mfa_authenticator,
  usersessions_usersession from tieout_app;
revoke select on django_content_type from tieout_app;
