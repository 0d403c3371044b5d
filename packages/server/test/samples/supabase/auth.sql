-- The parts of the schema "auth" of Supabase that an import reads, with invented people.
create schema auth;
create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
create type auth.factor_status as enum ('unverified', 'verified');
create table auth.users (
  instance_id uuid, id uuid not null primary key, aud varchar(255), role varchar(255), email varchar(255),
  encrypted_password varchar(255), email_confirmed_at timestamptz, invited_at timestamptz, confirmation_token varchar(255),
  recovery_token varchar(255), last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb,
  is_super_admin boolean, created_at timestamptz, updated_at timestamptz, phone text unique, banned_until timestamptz,
  is_sso_user boolean not null default false, deleted_at timestamptz, is_anonymous boolean not null default false
);
create table auth.mfa_factors (
  id uuid not null primary key, user_id uuid not null references auth.users (id), friendly_name text,
  factor_type auth.factor_type not null, status auth.factor_status not null, created_at timestamptz not null,
  updated_at timestamptz not null, secret text
);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('d793ab3d-4c04-4a8a-aa6a-0fbab4f5fb72', 'ada@example.com', '$2a$10$HmT9.FRT2hi2fJcvon56Ve3FAANs2rF1VrJOU8IY.7KKiUC/Rsy/K', '2024-03-01 10:31:00+00', '2024-03-01 10:30:00.123456+00', null, null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('46eaefe2-2ffe-427f-ae88-43116bd17e6d', 'grace@example.com', '$2a$10$t7IxxU041NNIx7BZOfm7T.THy3Gl4AAgAww9j.iuNfP6Tj3mkkBEK', null, '2024-03-01 10:30:00.123456+00', null, null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('0dcd7b07-a957-43d3-a3fa-7777749bb1ed', 'hedy@example.com', '$2a$10$/EXQBCbFaNz./m7L76ue0evTlP8cmD5JrEYvjQEUCeiTezhQShyJ6', null, '2024-03-01 10:30:00.123456+00', '2124-01-01 00:00:00+00', null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('33aeeb39-e51b-4720-afa3-4fde5b49fe19', 'joan@example.com', '$argon2id$v=19$m=19456,t=2,p=1$apipHnuUzt4rXCt59lJ3TA$i82jVFfA31palURLNDgcj6D3pYkVXQtnqibq/7E4cFc', null, '2024-03-01 10:30:00.123456+00', '2024-05-01 00:00:00+00', null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('9a5b9a9c-ac64-4e5f-a827-f096c8c6ef09', 'radia@example.com', '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=liL23tjExUfbxPrRyYyXRUz9w8H+9Z9dAYgZDatWVhrIzp9gFfwTeHcwxYK5A1UEfZqGstb7vEI82pr2OTugMg==$CH/X5k8FHx5lag==$QNbYG05TCJqAaRoMX9RM705NsVpAFucYNwVW2KxOX2gBUrtPTAjZpzhQjnQkuYrzPP2JXZaY4vyvCxELv3+v7A==', null, '2024-03-01 10:30:00.123456+00', null, null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('2fcb9afc-bf95-46d5-a4ba-cc12c1664926', 'mary@example.com', '', '2024-03-01 10:30:00.123456+00', '2024-03-01 10:30:00.123456+00', null, null, false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('6ac56b4a-0444-403d-a2f7-0ed25e9d9800', 'katherine@example.com', '', '2024-03-01 10:30:00.123456+00', '2024-03-01 10:30:00.123456+00', null, null, false, true);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('0dceb051-fbc4-4afb-ace5-b351eed0426d', 'bc6f4c3c6a0b7d8f', null, null, '2024-03-01 10:30:00.123456+00', null, '2024-03-01 10:30:00.123456+00', false, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('3e60911e-19c0-4551-a07b-2770e038f057', null, '', null, '2024-03-01 10:30:00.123456+00', null, null, true, false);
insert into auth.users (id, email, encrypted_password, email_confirmed_at, created_at, banned_until, deleted_at, is_anonymous, is_sso_user) values ('11287543-ac8a-477e-aa70-692faaef3d14', null, '', null, '2024-03-01 10:30:00.123456+00', null, null, false, false);
insert into auth.mfa_factors values ('97022baa-1caf-49a1-a953-c06dc1442f13', 'd793ab3d-4c04-4a8a-aa6a-0fbab4f5fb72', 'phone', 'totp', 'verified', '2024-03-01 10:30:00.123456+00', '2024-03-01 10:30:00.123456+00', 'JBSWY3DPEHPK3PXPJBSW');
insert into auth.mfa_factors values ('59302e17-a0fb-4d08-a683-83b47b53d068', '46eaefe2-2ffe-427f-ae88-43116bd17e6d', 'phone', 'totp', 'unverified', '2024-03-01 10:30:00.123456+00', '2024-03-01 10:30:00.123456+00', 'JBSWY3DPEHPK3PXPJBSW');
