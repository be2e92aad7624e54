/*
 * Personal data, tables — copies of what we hold about a person, and wishes to
 * be forgotten.
 *
 * Both rights outlive one's place here: whoever is deactivated, suspended or
 * removed has them too.
 */

-- Tables ------------------------------------------------------------------

create type private.export_state as enum ('waiting', 'building', 'ready', 'failed', 'expired');

create table private.data_exports (
  id           uuid primary key default gen_random_uuid(),
  user_id      uuid not null references public.profiles on delete cascade,
  state        private.export_state not null default 'waiting',
  progress     int not null default 0 check (progress between 0 and 100),
  requested_at timestamptz not null default now(),
  ready_at     timestamptz,
  expires_at   timestamptz,
  bytes        bigint check (bytes > 0),
  constraint what_was_ready_expires check (
    (state in ('ready', 'expired')) = (ready_at is not null)
    and (ready_at is null) = (expires_at is null)
    and (ready_at is null) = (bytes is null))
);
comment on table private.data_exports is
  'Copies of their data that people asked for. The file lies in bucket exports, at <person>/<id>.zip, until it expires.';

-- What did this person ask for last?
create index on private.data_exports (user_id, requested_at desc);
-- One at a time.
create unique index on private.data_exports (user_id) where state in ('waiting', 'building');
-- Which files are to go?
create index on private.data_exports (expires_at) where state = 'ready';

create type public.erasure_choice as enum ('keep_without_name', 'remove');

-- The steps in their order; each may be done twice, so a worker that dies goes on where it was.
create type private.erasure_step as enum ('waiting', 'files', 'goodbye', 'rows', 'account', 'traces', 'done');

create table private.erasures (
  id           uuid primary key default gen_random_uuid(),
  user_id      uuid unique,
  choice       public.erasure_choice not null,
  step         private.erasure_step not null default 'waiting',
  requested_at timestamptz not null default now(),
  due_at       timestamptz not null,
  reminded_at  timestamptz,
  finished_at  timestamptz,
  constraint what_is_done_names_nobody check (
    (step = 'done') = (user_id is null) and (step = 'done') = (finished_at is not null))
);
comment on table private.erasures is
  'Who asked to be forgotten, and how far that has come. No foreign key: the row outlives the account, and forgets whose it was when all is done.';

-- Whose time has come?
create index on private.erasures (due_at) where step <> 'done';

create function private.erasure_delay() returns interval
language sql immutable set search_path = ''
as $$ select interval '14 days' $$;

-- Who may -----------------------------------------------------------------

-- Where one's ready copies lie. Over at the minute they expire, whether or not a job has come by.
create function private.my_export_paths() returns setof text
language sql stable security definer set search_path = ''
as $$
  select user_id || '/' || id || '.zip' from private.data_exports
  where user_id = (select auth.uid()) and (select private.my_session()) is not null
    and state = 'ready' and expires_at > now()
$$;
grant execute on function private.my_export_paths to authenticated;

create policy select_exporter on storage.objects
  for select to authenticated
  using (bucket_id = 'exports' and name in (select private.my_export_paths()));
