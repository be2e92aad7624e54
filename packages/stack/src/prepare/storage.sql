/*
 * Storage — the tables, functions and rights that a hosted project's `storage` schema has, by their names there.
 *
 * Every role may try; the policies of the migrations decide. Rows are deleted through the API alone, so that no file is
 * left without one. Run as supabase_storage_admin, which owns all of it.
 */
alter default privileges in schema storage grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges in schema storage grant all on sequences to postgres, anon, authenticated, service_role;

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

-- Tables ---------------------------------------------------------------------------------------------------------

create table storage.migrations (
  id integer primary key,
  name varchar(100) not null unique,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp
);

create table storage.buckets (
  id text not null primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype not null default 'STANDARD',
  versioning_status text not null default 'DISABLED',
  constraint buckets_versioning_status_check check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED')),
  constraint buckets_versioning_standard_only_check check (type = 'STANDARD' or versioning_status = 'DISABLED'),
  constraint buckets_versioning_dark_check check (versioning_status = 'DISABLED')
);
create unique index bname on storage.buckets (name);
comment on column storage.buckets.owner is 'Field is deprecated, use owner_id instead';

create table storage.objects (
  id uuid not null default gen_random_uuid() primary key,
  bucket_id text constraint "objects_bucketId_fkey" references storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb,
  archived_at timestamptz,
  is_delete_marker boolean not null default false,
  is_versioned boolean not null default false
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
create index name_prefix_search on storage.objects (name text_pattern_ops);
create index idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
create index idx_objects_bucket_id_name_lower on storage.objects (bucket_id, lower(name) collate "C");
comment on column storage.objects.owner is 'Field is deprecated, use owner_id instead';

create table storage.s3_multipart_uploads (
  id text primary key,
  in_progress_size bigint not null default 0,
  upload_signature text not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  version text not null,
  owner_id text,
  created_at timestamptz not null default now(),
  user_metadata jsonb,
  metadata jsonb
);
create index idx_multipart_uploads_list on storage.s3_multipart_uploads (bucket_id, key collate "C", created_at);

create table storage.s3_multipart_uploads_parts (
  id uuid primary key default gen_random_uuid(),
  upload_id text not null references storage.s3_multipart_uploads (id) on delete cascade,
  size bigint not null default 0,
  part_number integer not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  etag text not null,
  owner_id text,
  version text not null,
  created_at timestamptz not null default now()
);

create table storage.buckets_analytics (
  name text not null,
  type storage.buckettype not null default 'ANALYTICS',
  format text not null default 'ICEBERG',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  id uuid not null default gen_random_uuid() primary key,
  deleted_at timestamptz
);
create unique index buckets_analytics_unique_name_idx on storage.buckets_analytics (name) where deleted_at is null;

create table storage.buckets_vectors (
  id text not null primary key,
  type storage.buckettype not null default 'VECTOR',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table storage.vector_indexes (
  id text primary key default gen_random_uuid(),
  name text collate "C" not null,
  bucket_id text not null references storage.buckets_vectors (id),
  data_type text not null,
  dimension integer not null,
  distance_metric text not null,
  metadata_configuration jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index vector_indexes_name_bucket_id_idx on storage.vector_indexes (name, bucket_id);

-- Who may --------------------------------------------------------------------------------------------------------

alter table storage.migrations enable row level security;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;
alter table storage.buckets_analytics enable row level security;
alter table storage.buckets_vectors enable row level security;
alter table storage.vector_indexes enable row level security;

revoke all on all tables in schema storage from anon, authenticated, service_role, postgres;
grant all on storage.buckets, storage.objects to postgres with grant option;
grant all on storage.buckets, storage.objects, storage.buckets_analytics to anon, authenticated, service_role;
grant all on storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts to service_role, postgres;
grant select on storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts to anon, authenticated;
grant select on storage.buckets_vectors, storage.vector_indexes to anon, authenticated, service_role;

-- What policies ask ----------------------------------------------------------------------------------------------

create function storage.foldername(name text) returns text[]
language plpgsql immutable
as $$
declare
  parts constant text[] := string_to_array(name, '/');
begin
  return parts[1 : array_length(parts, 1) - 1];
end;
$$;

create function storage.filename(name text) returns text
language plpgsql immutable
as $$
declare
  parts constant text[] := string_to_array(name, '/');
begin
  return parts[array_length(parts, 1)];
end;
$$;

-- What follows the last dot of the last part; all of it where there is none.
create function storage.extension(name text) returns text
language plpgsql immutable
as $$
begin
  return reverse(split_part(reverse(storage.filename(name)), '.', 1));
end;
$$;

create function storage.operation() returns text
language plpgsql stable
as $$
begin
  return current_setting('storage.operation', true);
end;
$$;

create function storage.allow_any_operation(expected_operations text[]) returns boolean
language sql stable
as $$
  select exists (
    select from unnest(expected_operations) as expected
    where expected <> ''
      and regexp_replace(expected, '^storage\.', '') = regexp_replace(storage.operation(), '^storage\.', '')
  );
$$;

create function storage.allow_only_operation(expected_operation text) returns boolean
language sql stable
as $$
  select storage.allow_any_operation(array[expected_operation]);
$$;

create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void
language plpgsql
as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata) values (bucketid, name, owner, metadata);
  raise sqlstate 'PT200' using message = 'ROLLBACK', detail = 'rollback successful insert';
end;
$$;

create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text)
language plpgsql stable
as $$
begin
  return query
    select sum((objects.metadata ->> 'size')::bigint)::bigint, objects.bucket_id
    from storage.objects
    group by objects.bucket_id;
end;
$$;

-- Lists ----------------------------------------------------------------------------------------------------------

-- The folder right below the prefix that a key lies in, with its delimiter; null for what lies at the prefix itself.
create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) returns text
language sql immutable
as $$
  select case
    when position(p_delimiter in substr(p_key, length(p_prefix) + 1)) > 0
    then left(p_key, length(p_prefix) + position(p_delimiter in substr(p_key, length(p_prefix) + 1)))
  end;
$$;

-- One folder, its names relative to it, whatever their case. Folders come among the objects by name, else before them.
create function storage.search(
  prefix text,
  bucketname text,
  limits integer default 100,
  levels integer default 1,
  offsets integer default 0,
  search text default '',
  sortcolumn text default 'name',
  sortorder text default 'asc'
) returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
language plpgsql stable
as $$
declare
  folder constant text := coalesce(prefix, '');
  start constant text := lower(folder || coalesce(search, ''));
  direction constant text := case lower(coalesce(sortorder, 'asc')) when 'asc' then 'asc' else 'desc' end;
  by_name constant boolean := coalesce(lower(sortcolumn) not in ('updated_at', 'created_at', 'last_accessed_at'), true);
  -- Where the sort is by time, the server hands over a pattern.
  plain constant text := case when by_name then start else regexp_replace(start, '\\(.)', '\1', 'g') end;
  cut constant integer := length(case when by_name then folder else regexp_replace(folder, '\\(.)', '\1', 'g') end);
begin
  return query execute format(
    $sql$
      with inside as (
        select o.*, storage.get_common_prefix(lower(o.name), $1, '/') as within
        from storage.objects o
        where o.bucket_id = $2 and starts_with(lower(o.name), $1)
      ), entries as (
        select
          i.within as key, 0 as kind, null::timestamptz as moment,
          substr(rtrim(left(min(i.name collate "C"), length(i.within)), '/'), $3 + 1) as name,
          null::uuid as id, null::timestamptz as updated_at, null::timestamptz as created_at,
          null::timestamptz as last_accessed_at, null::jsonb as metadata
        from inside i where i.within is not null group by i.within
        union all
        select
          lower(i.name), 1, i.%1$I,
          substr(i.name, $3 + 1), i.id, i.updated_at, i.created_at, i.last_accessed_at, i.metadata
        from inside i where i.within is null
      )
      select e.name, e.id, e.updated_at, e.created_at, e.last_accessed_at, e.metadata
      from entries e
      order by %2$s e.key collate "C" %3$s
      limit $4 offset $5
    $sql$,
    case when by_name then 'created_at' else lower(sortcolumn) end,
    case when by_name then '' else format('e.kind, e.moment %s,', direction) end,
    direction
  ) using plain, bucketname, cut, least(coalesce(limits, 100), 1500), offsets;
end;
$$;

-- Keys below a prefix as S3 lists them: whole names, folders without their last delimiter.
create function storage.list_objects_with_delimiter(
  _bucket_id text,
  prefix_param text,
  delimiter_param text,
  max_keys integer default 100,
  start_after text default '',
  next_token text default '',
  sort_order text default 'asc'
) returns table (
  name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz
)
language plpgsql stable
as $$
declare
  direction constant text := case lower(coalesce(sort_order, 'asc')) when 'asc' then 'asc' else 'desc' end;
  after text := coalesce(nullif(next_token, ''), start_after, '');
begin
  -- A folder's place is that of its delimiter; its own keys are not listed again.
  if after <> '' and exists (
    select from storage.objects o
    where o.bucket_id = _bucket_id and starts_with(o.name, after || delimiter_param)
  ) then
    after := after || delimiter_param;
  end if;
  return query execute format(
    $sql$
      with inside as (
        select o.*, storage.get_common_prefix(o.name, $1, $2) as within
        from storage.objects o
        where o.bucket_id = $3 and starts_with(o.name, $1)
      ), entries as (
        select distinct i.within as key, rtrim(i.within, $2) as name, null::uuid as id, null::jsonb as metadata,
          null::timestamptz as updated_at, null::timestamptz as created_at, null::timestamptz as last_accessed_at
        from inside i where i.within is not null
        union all
        select i.name, i.name, i.id, i.metadata, i.updated_at, i.created_at, i.last_accessed_at
        from inside i where i.within is null
      )
      select e.name, e.id, e.metadata, e.updated_at, e.created_at, e.last_accessed_at
      from entries e
      where $4 = '' or e.key collate "C" %1$s $4
      order by e.key collate "C" %2$s
      limit $5
    $sql$,
    case direction when 'asc' then '>' else '<' end,
    direction
  ) using coalesce(prefix_param, ''), delimiter_param, _bucket_id, after, max_keys;
end;
$$;

-- As the one above, by time; a folder is as old as the oldest object in it.
create function storage.search_by_timestamp(
  p_prefix text,
  p_bucket_id text,
  p_limit integer,
  p_level integer,
  p_start_after text,
  p_sort_order text,
  p_sort_column text,
  p_sort_column_after text
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
language plpgsql stable
as $$
declare
  direction constant text := case p_sort_order when 'asc' then 'asc' else 'desc' end;
begin
  return query execute format(
    $sql$
      with inside as (
        select o.*, storage.get_common_prefix(o.name, $1, '/') as within
        from storage.objects o
        where o.bucket_id = $2 and starts_with(o.name, $1)
      ), entries as (
        select rtrim(i.within, '/') as name, null::uuid as id, min(i.created_at) as updated_at,
          min(i.created_at) as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
        from inside i where i.within is not null group by i.within
        union all
        select i.name, i.id, i.updated_at, i.created_at, i.last_accessed_at, i.metadata
        from inside i where i.within is null
      ), timed as (
        -- Cursors carry milliseconds.
        select e.*, coalesce(date_trunc('milliseconds', e.%1$I), 'epoch') as moment from entries e
      )
      select split_part(t.name, '/', $3), t.name, t.id, t.updated_at, t.created_at, t.last_accessed_at, t.metadata
      from timed t
      where $5 = ''
        or (t.moment, t.name collate "C") %2$s (coalesce(nullif($6, '')::timestamptz, 'epoch'), $5)
      order by t.moment %3$s, t.name collate "C" %3$s
      limit $4
    $sql$,
    case p_sort_column when 'updated_at' then 'updated_at' else 'created_at' end,
    case direction when 'asc' then '>' else '<' end,
    direction
  ) using coalesce(p_prefix, ''), p_bucket_id, p_level, p_limit, coalesce(p_start_after, ''), p_sort_column_after;
end;
$$;

create function storage.search_v2(
  prefix text,
  bucket_name text,
  limits integer default 100,
  levels integer default 1,
  start_after text default '',
  sort_order text default 'asc',
  sort_column text default 'name',
  sort_column_after text default ''
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
language plpgsql stable
as $$
declare
  most constant integer := least(coalesce(limits, 100), 1500);
  direction constant text := case lower(sort_order) when 'desc' then 'desc' else 'asc' end;
begin
  if lower(sort_column) in ('updated_at', 'created_at') then
    return query select * from storage.search_by_timestamp(
      prefix, bucket_name, most, levels, start_after, direction, lower(sort_column), sort_column_after
    );
  else
    return query
      select split_part(l.name, '/', levels), l.name, l.id, l.updated_at, l.created_at, l.last_accessed_at, l.metadata
      from storage.list_objects_with_delimiter(bucket_name, prefix, '/', most, start_after, '', direction) l;
  end if;
end;
$$;

create function storage.list_multipart_uploads_with_delimiter(
  bucket_id text,
  prefix_param text,
  delimiter_param text,
  max_keys integer default 100,
  next_key_token text default '',
  next_upload_token text default ''
) returns table (key text, id text, created_at timestamptz)
language sql stable
as $$
  select distinct on (listed.key) listed.key, listed.id, listed.created_at
  from (
    select coalesce(storage.get_common_prefix(u.key, $2, $3), u.key) collate "C" as key, u.id, u.created_at
    from storage.s3_multipart_uploads u
    where u.bucket_id = $1 and starts_with(u.key, $2) and ($6 = '' or u.id collate "C" > $6)
  ) as listed
  where $5 = '' or $6 <> '' or listed.key > $5
  order by listed.key, listed.created_at
  limit $4;
$$;

-- What follows ---------------------------------------------------------------------------------------------------

create function storage.update_updated_at_column() returns trigger
language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end;
$$;
create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();

create function storage.enforce_bucket_name_length() returns trigger
language plpgsql
as $$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.', new.name, length(new.name);
  end if;
  return new;
end;
$$;
create trigger enforce_bucket_name_length_trigger before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();

-- A row deleted past the API would leave its bytes behind.
create function storage.protect_delete() returns trigger
language plpgsql
as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    raise insufficient_privilege using
      message = 'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
      hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end;
$$;
create trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();
