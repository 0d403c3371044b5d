-- What the original system makes on SQLite when its hashes are kept as text, with invented people.
create table users (id integer not null, email varchar(250) not null, hashed_password varchar(250) not null, session_id varchar(250), reset_token varchar(250), primary key (id));
insert into users values (1, 'ada@example.com', '$2b$12$O7cy2nItJUavt/ZpEKIYq.aZmEY6jGGlCJMX2p4gJGBvdVEsgOQAq', 'f9b8f5a2-9f0c-4f6e-8f0a-3f5d3f6a1b2c', null);
insert into users values (2, 'Grace@Example.com', '$2b$12$43KFX.14g9DmT8N.K7DxLO98wFLemPx1PJ/XJBdGIQs3V0gNvE6Oa', null, '0d6b2a7e-5c3f-4e1d-9a8b-7c6d5e4f3a2b');
insert into users values (3, 'hedy@example.com', 'SuperHashedPwd', null, null);
