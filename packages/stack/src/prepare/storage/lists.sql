/*
 * Storage — what is in a bucket, as the API lists it: by folder, by key and by time.
 */
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
