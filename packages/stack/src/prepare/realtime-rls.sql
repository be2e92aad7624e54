/*
 * Realtime — what of a change each listener is told. `wal` is a change as the output plugin wal2json writes it (format
 * version 2, with primary key, time and type oids).
 *
 * A row that row-level security hides from a person is not told to that person. Whoever has the same claims is asked
 * about once; a policy or a filter that fails counts as a no, so that one person's token cannot silence the others.
 * Deletions cannot be judged, the row being gone: where row-level security is on, they carry the primary key alone.
 */

create function realtime.build_prepared_statement_sql(
  prepared_statement_name text, entity regclass, columns realtime.wal_column[]
) returns text
language sql
as $$
  select format(
    'prepare %s as select exists (select from %s where %s)', prepared_statement_name, entity,
    string_agg(format('%I = %L', part.name, part.value #>> '{}'), ' and ')
  )
  from unnest(columns) as part
  where part.is_pkey
$$;

create function realtime.apply_rls(wal jsonb, max_record_bytes integer default 1024 * 1024)
returns setof realtime.wal_rls
language plpgsql volatile
as $$
declare
  entity_ constant regclass := to_regclass(format('%I.%I', wal ->> 'schema', wal ->> 'table'));
  action_ constant realtime.action := case wal ->> 'action'
    when 'I' then 'INSERT' when 'U' then 'UPDATE' when 'D' then 'DELETE' else 'ERROR'
  end;
  is_guarded constant boolean := (select relrowsecurity from pg_class where oid = entity_);
  is_too_large constant boolean := octet_length(wal::text) > max_record_bytes;
  all_new realtime.wal_column[];
  all_old realtime.wal_column[];
  now_is realtime.wal_column[];
  before_was realtime.wal_column[];
  refusal text;
  listening_role regrole;
  watcher record;
  choice record;
  passing uuid[];
  visible uuid[];
  may_see boolean;
begin
  -- A table that has gone since has nobody who listens.
  if entity_ is null then
    return;
  end if;
  perform set_config('role', null, true);
  all_new := array(
    select row(
      part ->> 'name', part ->> 'type', part ->> 'typeoid',
      realtime.cast(part ->> 'value', coalesce((part ->> 'typeoid')::regtype, (part ->> 'type')::regtype)),
      wal -> 'pk' @> jsonb_build_array(jsonb_build_object('name', part -> 'name')), true
    )::realtime.wal_column
    from jsonb_array_elements(wal -> 'columns') as part
  );
  all_old := array(
    select row(
      part ->> 'name', part ->> 'type', part ->> 'typeoid',
      realtime.cast(part ->> 'value', coalesce((part ->> 'typeoid')::regtype, (part ->> 'type')::regtype)),
      wal -> 'pk' @> jsonb_build_array(jsonb_build_object('name', part -> 'name')), true
    )::realtime.wal_column
    from jsonb_array_elements(wal -> 'identity') as part
  );

  for listening_role in
    select distinct claims_role from realtime.subscription
    where entity = entity_ and action_filter in ('*', action_::text)
    order by claims_role
  loop
    now_is := array(
      select row(
        part.name, part.type_name, part.type_oid, part.value, part.is_pkey,
        coalesce(has_column_privilege(listening_role, entity_, attnum, 'SELECT'), false)
      )::realtime.wal_column
      from unnest(all_new) as part
      left join pg_attribute on attrelid = entity_ and attname = part.name and not attisdropped
    );
    before_was := array(
      select row(
        part.name, part.type_name, part.type_oid, part.value, part.is_pkey,
        coalesce(has_column_privilege(listening_role, entity_, attnum, 'SELECT'), false)
      )::realtime.wal_column
      from unnest(all_old) as part
      left join pg_attribute on attrelid = entity_ and attname = part.name and not attisdropped
    );
    refusal := case
      when action_ = 'DELETE' then null
      when not exists (select from unnest(now_is) where is_pkey) then 'Error 400: Bad Request, no primary key'
      when exists (select from unnest(now_is) where is_pkey and not is_selectable) then 'Error 401: Unauthorized'
    end;

    -- Whose filters let it pass?
    passing := '{}';
    for watcher in
      select filters, array_agg(subscription_id) as ids from realtime.subscription
      where entity = entity_ and action_filter in ('*', action_::text) and claims_role = listening_role
      group by filters
    loop
      begin
        may_see := refusal is not null
          or realtime.is_visible_through_filters(now_is, watcher.filters)
          or action_ = 'DELETE' and realtime.is_visible_through_filters(before_was, watcher.filters);
      exception when others then
        may_see := false;
      end;
      if may_see then
        passing := passing || watcher.ids;
      end if;
    end loop;

    -- Of these, whom do the policies let see it?
    visible := passing;
    if is_guarded and action_ <> 'DELETE' and refusal is null and passing <> '{}' then
      visible := '{}';
      if exists (select from pg_prepared_statements where name = 'walrus_rls_stmt') then
        deallocate walrus_rls_stmt;
      end if;
      execute realtime.build_prepared_statement_sql('walrus_rls_stmt', entity_, now_is);
      for watcher in
        select claims, array_agg(subscription_id) as ids
        from realtime.subscription join (select distinct unnest(passing) as passed) as passed_ids on passed = subscription_id
        where entity = entity_ and action_filter in ('*', action_::text) and claims_role = listening_role
        group by claims
      loop
        perform set_config('role', pg_get_userbyid(listening_role), true),
          set_config('request.jwt.claims', watcher.claims::text, true);
        begin
          execute 'execute walrus_rls_stmt' into may_see;
        exception when others then
          may_see := false;
        end;
        perform set_config('role', null, true);
        if may_see then
          visible := visible || watcher.ids;
        end if;
      end loop;
    end if;

    for choice in
      select selected_columns, array_agg(seen) filter (where seen is not null) as ids
      from realtime.subscription left join (select distinct unnest(visible) as seen) as seeing on seen = subscription_id
      where entity = entity_ and action_filter in ('*', action_::text) and claims_role = listening_role
      group by selected_columns
    loop
      return next row(
        jsonb_build_object('schema', wal -> 'schema', 'table', wal -> 'table', 'type', action_)
        || case when refusal is not null then '{}' else jsonb_build_object(
          'commit_timestamp',
          to_char((wal ->> 'timestamp')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'columns', (
            select jsonb_agg(jsonb_build_object('name', attname, 'type', typname) order by attnum)
            from pg_attribute join pg_type on pg_type.oid = atttypid
            where attrelid = entity_ and attnum > 0 and not attisdropped
              and has_column_privilege(listening_role, entity_, attnum, 'SELECT')
              and (choice.selected_columns is null or attname = any (choice.selected_columns) or exists (
                select from pg_constraint where conrelid = entity_ and contype = 'p' and attnum = any (conkey)
              ))
          )
        ) end
        || case when refusal is not null or action_ = 'DELETE' then '{}' else jsonb_build_object('record', (
          -- A large value that did not change is not in the new row; the old one may have it.
          select jsonb_object_agg(
            coalesce(part.name, old_part.name), case when part.name is null then old_part.value else part.value end
          )
          from unnest(now_is) as part full join unnest(before_was) as old_part on part.name = old_part.name
          where coalesce(part.is_selectable, old_part.is_selectable)
            and (choice.selected_columns is null or coalesce(part.is_pkey, old_part.is_pkey)
              or coalesce(part.name, old_part.name) = any (choice.selected_columns))
            and (not is_too_large or octet_length(part.value::text) <= 64)
        )) end
        || case when refusal is not null or action_ = 'INSERT' then '{}' else jsonb_build_object('old_record', (
          select jsonb_object_agg(part.name, part.value)
          from unnest(before_was) as part
          where part.is_selectable
            and (choice.selected_columns is null or part.is_pkey or part.name = any (choice.selected_columns))
            and (not is_too_large or octet_length(part.value::text) <= 64)
            and (part.is_pkey or not is_guarded or action_ = 'UPDATE')
        )) end,
        is_guarded,
        coalesce(choice.ids, '{}'),
        case
          when refusal is not null then array[refusal]
          when is_too_large then array['Error 413: Payload Too Large']
          else '{}'
        end
      )::realtime.wal_rls;
    end loop;
  end loop;
end;
$$;

-- As hosted's server polls; here the server reads the stream itself, Postgres from npm having no wal2json.
create function realtime.wal2json_escape_identifier(name text) returns text
language sql immutable strict
as $$ select regexp_replace(name, '([\\,.[:space:]])', '\\\1', 'g') $$;

create function realtime.quote_wal2json(entity regclass) returns text
language sql immutable strict
as $$
  select realtime.wal2json_escape_identifier(nspname) || '.' || realtime.wal2json_escape_identifier(relname)
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace where pg_class.oid = entity
$$;

create function realtime.list_changes(publication name, slot_name name, max_changes integer, max_record_bytes integer)
returns table (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[], slot_changes_count bigint)
language sql
set log_min_messages to 'fatal'
as $$
  with published as (
    select
      concat_ws(
        ',', case when pubinsert then 'insert' end, case when pubupdate then 'update' end,
        case when pubdelete then 'delete' end
      ) as actions,
      (
        select string_agg(realtime.quote_wal2json(format('%I.%I', schemaname, tablename)::regclass), ',')
        from pg_publication_tables as listed where listed.pubname = found.pubname
      ) as tables
    from pg_publication as found where pubname = publication
  ),
  changes as materialized (
    select data::jsonb as change
    from published, pg_logical_slot_get_changes(
      slot_name, null, max_changes,
      'include-pk', 'true', 'include-transaction', 'false', 'include-timestamp', 'true', 'include-type-oids', 'true',
      'format-version', '2', 'actions', actions, 'add-tables', coalesce(tables, '')
    )
    where tables is not null
  ),
  told as (
    select judged.* from changes, realtime.apply_rls(change, max_record_bytes) as judged
    where judged.subscription_ids[1] is not null
  )
  select told.*, (select count(*) from changes) from told
  union all
  select null, null, null, null, (select count(*) from changes) where not exists (select from told)
$$;

do $$
declare
  owned regprocedure;
begin
  for owned in select oid::regprocedure from pg_proc where pronamespace = 'realtime'::regnamespace loop
    execute format('alter function %s owner to supabase_realtime_admin', owned);
    execute format('grant execute on function %s to postgres, dashboard_user, anon, authenticated, service_role', owned);
  end loop;
end;
$$;
