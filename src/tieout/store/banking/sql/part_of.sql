-- One part of a received file.
select content from banking_filepart where organisation_id = %s and file_id = %s and number = %s;
