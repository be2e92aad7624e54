/*
 * Statistics — what a company amounts to, in one row that every change keeps.
 *
 * A counter is moved by the change itself, in its transaction, and never
 * computed: reading costs one row, whatever there is to count. The row is the
 * last thing a transaction locks.
 */

-- Tables ------------------------------------------------------------------

-- Whether a document holds counts: a key a number, none negative.
create function private.are_counts(counts jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return jsonb_typeof(counts) = 'object' and not exists (
    select from jsonb_each(counts)
    where key !~ '^[a-z0-9_.-]{1,80}$' or jsonb_typeof(value) <> 'number' or value < '0');
end;
$$;

create table public.organization_statistics (
  organization_id uuid primary key references public.organizations on delete cascade,
  counts          jsonb not null default '{}' constraint counts_are_never_negative check (private.are_counts(counts)),
  counted_at      timestamptz not null default now()
);
comment on table public.organization_statistics is
  'A row for each organization. `counts` has the keys people.<status>.<role>, seen.<day>, topics, posts, use_cases, storage.<purpose>.bytes and .files; what is not there is none.';

-- Who may -----------------------------------------------------------------

alter table public.organization_statistics enable row level security;
grant select on public.organization_statistics to authenticated;

create policy select_member_or_platform_admin on public.organization_statistics
  for select to authenticated
  using (organization_id = (select private.my_organization()) or (select private.my_platform_role()) = 'admin');

-- What one may do -----------------------------------------------------------

/*
 * Days are those of Riyadh; "in 7 days" is today and the six before it. The sums
 * are over a handful of keys of the one row.
 */
create function public.organization_statistics(organization uuid default null) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  own uuid := private.require_organization();
  today date := (now() at time zone 'Asia/Riyadh')::date;
  counts jsonb;
begin
  select statistics.counts into counts from public.organization_statistics as statistics
  where statistics.organization_id = coalesce(organization, own);
  if counts is null then
    perform private.refuse(404, 'not_found', 'There is no such organization, or it is not yours.');
  end if;

  return (
    select jsonb_build_object(
      'organization_id', coalesce(organization, own),
      'people', jsonb_build_object(
        'admins', coalesce((counts -> 'people.active.admin')::int, 0),
        'members', coalesce((counts -> 'people.active.member')::int, 0),
        'deactivated', coalesce(sum(value::int) filter (where key like 'people.deactivated.%'), 0),
        'pending', coalesce(sum(value::int) filter (where key like 'people.pending.%'), 0),
        'active_7_days', coalesce(sum(value::int) filter (where key like 'seen.%' and key > 'seen.' || today - 7), 0),
        'active_30_days', coalesce(sum(value::int) filter (where key like 'seen.%' and key > 'seen.' || today - 30), 0)),
      'topics', coalesce((counts -> 'topics')::int, 0),
      'posts', coalesce((counts -> 'posts')::int, 0),
      'use_cases', coalesce((counts -> 'use_cases')::int, 0),
      'storage', coalesce((
        select jsonb_object_agg(purpose, jsonb_build_object(
          'bytes', coalesce((counts -> ('storage.' || purpose || '.bytes'))::bigint, 0),
          'files', coalesce((counts -> ('storage.' || purpose || '.files'))::int, 0)))
        from (
          select distinct split_part(stored, '.', 2) as purpose
          from jsonb_object_keys(counts) as stored where stored like 'storage.%') as purposes), '{}'))
    from jsonb_each(counts));
end;
$$;
comment on function public.organization_statistics is
  'People by status and role, people who were here in 7 and 30 days, topics, posts, use cases, and bytes and files by purpose: of one''s own organization, or of any for platform admins.';
grant execute on function public.organization_statistics to authenticated;

-- What follows ----------------------------------------------------------------

-- Every company has its row from its first moment.
create function private.organizations_begin_counting() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.organization_statistics (organization_id) values (new.id);
  return null;
end;
$$;

create trigger after_insert_begin_counting after insert on public.organizations
  for each row execute function private.organizations_begin_counting();

/*
 * Moves one counter of one company; what is zero leaves the row. A company that
 * is being deleted counts no more.
 */
create function private.count_organization(organization uuid, key text, delta bigint) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update public.organization_statistics
  set counts = case
      when coalesce((counts ->> key)::bigint, 0) + delta = 0 then counts - key
      else counts || jsonb_build_object(key, coalesce((counts ->> key)::bigint, 0) + delta)
    end,
    counted_at = now()
  where organization_id = organization and delta <> 0;
end;
$$;

/*
 * What a member counts as: their status and role, and, where they are active, the
 * day they were last here (in Riyadh), as long as anybody asks about that day.
 */
create function private.member_keys(status public.person_status, role public.member_role, last_seen_at timestamptz)
returns setof text
language sql stable set search_path = ''
as $$
  select format('people.%s.%s', status, role)
  union all
  select 'seen.' || day
  from (select (last_seen_at at time zone 'Asia/Riyadh')::date as day) as seen
  where status = 'active' and last_seen_at > '-infinity' and day > (now() at time zone 'Asia/Riyadh')::date - 30
$$;

/*
 * By statement and not by row: who brings ten thousand people moves a counter once.
 * Companies in the order of their ids, so that two such statements never wait for
 * each other.
 */
create function private.roster_count() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform private.count_organization(organization_id, key, count(*))
    from new_rows, private.member_keys(status, role, last_seen_at) as key
    group by organization_id, key order by organization_id;
  elsif tg_op = 'DELETE' then
    perform private.count_organization(organization_id, key, -count(*))
    from old_rows, private.member_keys(status, role, last_seen_at) as key
    group by organization_id, key order by organization_id;
  else
    perform private.count_organization(organization_id, key, sum(delta)::bigint)
    from (
      select organization_id, key, -1 as delta from old_rows, private.member_keys(status, role, last_seen_at) as key
      union all
      select organization_id, key, 1 from new_rows, private.member_keys(status, role, last_seen_at) as key) as moved
    group by organization_id, key having sum(delta) <> 0 order by organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_count after insert on private.roster
  referencing new table as new_rows for each statement execute function private.roster_count();

create trigger after_update_count after update on private.roster
  referencing old table as old_rows new table as new_rows for each statement execute function private.roster_count();

create trigger after_delete_count after delete on private.roster
  referencing old table as old_rows for each statement execute function private.roster_count();

-- Days that nobody asks about any more leave the row when somebody begins a new one.
create function private.statistics_forget_days() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.counts := new.counts - array(
    select key from jsonb_object_keys(new.counts) as key
    where key like 'seen.%' and key <= 'seen.' || ((now() at time zone 'Asia/Riyadh')::date - 30));
  return new;
end;
$$;

create trigger before_update_forget_days before update on public.organization_statistics
  for each row execute function private.statistics_forget_days();
