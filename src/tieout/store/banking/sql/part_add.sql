-- One part of a received file.
insert into banking_filepart (organisation_id, file_id, number, content) values (%s, %s, %s, %b);
