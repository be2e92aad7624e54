/*
 * Guard — keeps `postgres` to what it may do on hosted in the schemas of Auth, Storage and Realtime: policies and
 * triggers on their tables, nothing else. See roles.sql for why it could do more.
 */
create function extensions.guard_reserved_schemas() returns event_trigger
language plpgsql set search_path = ''
as $$
declare
  change record;
  reserved constant text[] := array['auth', 'storage', 'realtime'];
begin
  if current_user <> 'postgres' then
    return;
  end if;

  if tg_event = 'sql_drop' then
    for change in select * from pg_catalog.pg_event_trigger_dropped_objects() where original loop
      if change.object_type = 'schema' and change.object_name = any (reserved)
        or change.schema_name = any (reserved) and change.object_type not in ('policy', 'trigger') then
        raise insufficient_privilege using message = 'must be owner of ' || change.object_identity;
      end if;
    end loop;
  else
    for change in select * from pg_catalog.pg_event_trigger_ddl_commands() loop
      if (change.object_type = 'schema' and change.object_identity = any (reserved)
          and change.command_tag <> 'GRANT'
        or change.schema_name = any (reserved)
          and change.command_tag not in ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER', 'ALTER TRIGGER', 'COMMENT'))
        and not change.in_extension then
        raise insufficient_privilege using message = 'must be owner of ' || change.object_identity;
      end if;
    end loop;
    -- A renamed schema is reported by its new name.
    if exists (select from pg_catalog.unnest(reserved) as name where pg_catalog.to_regnamespace(name) is null) then
      raise insufficient_privilege using message = 'must be owner of schema';
    end if;
  end if;
end;
$$;

create event trigger guard_reserved_ddl on ddl_command_end execute function extensions.guard_reserved_schemas();
create event trigger guard_reserved_drop on sql_drop execute function extensions.guard_reserved_schemas();
