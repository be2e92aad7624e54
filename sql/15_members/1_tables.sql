/*
 * Members, tables — a company's people in the order a list shows them.
 *
 * Nobody writes here: the roster follows memberships and profiles (4_follows.sql).
 */

-- Tables ------------------------------------------------------------------

/*
 * Names stand here once more because a page of a company's people is read in
 * their order: joined from profiles, every page would sort all of them.
 */
create table private.roster (
  user_id         uuid primary key references public.memberships on delete cascade,
  organization_id uuid not null references public.organizations on delete cascade,
  role            public.member_role not null,
  status          public.person_status not null,
  name            text collate "en-x-icu" not null,
  name_ar         text collate "ar-x-icu" not null,
  role_name       text collate "en-x-icu" not null
    generated always as (case role when 'admin' then '0' else '1' end || name) stored,
  role_name_ar    text collate "ar-x-icu" not null
    generated always as (case role when 'admin' then '0' else '1' end || name_ar) stored,
  words           text not null,
  joined_at       timestamptz not null,
  last_seen_at    timestamptz not null default '-infinity'
);
comment on table private.roster is
  'The members as a list of them is sorted and searched; follows memberships and profiles. `name_ar` is the name as Arabic readers see it, `last_seen_at` is true to the hour.';

-- Who is in this company: by name in either script, admins first, by joining, by when they were last here?
create index on private.roster (organization_id, name, user_id);
create index on private.roster (organization_id, name_ar, user_id);
create index on private.roster (organization_id, role_name, user_id);
create index on private.roster (organization_id, role_name_ar, user_id);
create index on private.roster (organization_id, joined_at, user_id);
create index on private.roster (organization_id, last_seen_at, user_id);

create table private.shut_out (
  user_id uuid primary key references public.profiles on delete cascade,
  since   timestamptz not null default now()
);
comment on table private.shut_out is
  'Whom the platform itself has deactivated: no company can take that back.';
