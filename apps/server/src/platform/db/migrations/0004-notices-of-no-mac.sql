-- A notice may concern no single Mac: the push certificate, for one.
alter table notices alter column device_id drop not null;
