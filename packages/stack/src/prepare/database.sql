/*
 * The database — schemas, their owners, extensions, and the signal that tells the Data API of a changed schema.
 *
 * Nothing in `public` is granted by default, as in new projects: a migration opens what it means to open.
 */
do $$
begin
  execute format('alter database %I owner to postgres', current_database());
  execute format('grant create on database %I to supabase_auth_admin, supabase_storage_admin', current_database());
end;
$$;

create schema extensions authorization postgres;
create schema auth authorization supabase_auth_admin;
create schema storage authorization supabase_storage_admin;
create schema realtime authorization supabase_realtime_admin;
create schema graphql_public;

grant usage on schema public, extensions, auth, storage, realtime, graphql_public
  to anon, authenticated, service_role, postgres;
grant usage on schema extensions to supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;

create extension "uuid-ossp" with schema extensions;
create extension pgcrypto with schema extensions;
create extension pg_stat_statements with schema extensions;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;

create function extensions.pgrst_reload() returns event_trigger
language plpgsql set search_path = ''
as $$
begin
  notify pgrst, 'reload schema';
end;
$$;

create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_reload();
create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_reload();
