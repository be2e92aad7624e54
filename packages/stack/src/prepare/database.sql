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
-- Of supabase_admin, as on hosted: `supabase db reset` drops every schema that is not.
create schema auth;
create schema storage;
create schema realtime;
create schema graphql_public;

grant all on schema auth to supabase_auth_admin;
grant all on schema storage to supabase_storage_admin;
grant all on schema realtime to supabase_realtime_admin;

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
