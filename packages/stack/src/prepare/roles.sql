/*
 * Roles — who is who in the cluster, with the rights they have on hosted Supabase.
 *
 * `postgres`, which runs the migrations, is not a superuser: a migration that only one could run fails here too.
 * Roles belong to the whole cluster, so this may run again for its second database.
 */
do $$
declare
  who record;
begin
  for who in select * from (values
    ('anon',                    'nologin'),
    ('authenticated',           'nologin'),
    ('service_role',            'nologin bypassrls'),
    ('supabase_realtime_admin', 'nologin noinherit'),
    ('dashboard_user',          'nologin createdb createrole replication'),
    ('authenticator',           'login noinherit'),
    ('supabase_auth_admin',     'login noinherit createrole'),
    ('supabase_storage_admin',  'login noinherit createrole'),
    ('postgres',                'login createdb createrole replication bypassrls')
  ) as roles (name, rights) loop
    begin
      execute format('create role %I %s', who.name, who.rights);
    exception when duplicate_object then null;
    end;
    if who.rights like 'login%' then
      execute format('alter role %I password %L', who.name, 'postgres');
    end if;
  end loop;
end;
$$;

grant anon, authenticated, service_role to authenticator;
-- Storage acts as the caller by way of the authenticator, as on hosted.
grant authenticator to supabase_storage_admin;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to postgres;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;

/*
 * On hosted an extension (supautils) lets `postgres` write policies and triggers on tables that Auth, Storage and
 * Realtime own. Here it inherits from the owners, and guard.sql refuses whatever more than that it would then be
 * able to do. `set false`: it cannot become them.
 */
grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set false;

alter role postgres set search_path to "$user", public, extensions;
alter role supabase_admin set search_path to "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path to auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout to 60000;
alter role supabase_storage_admin set search_path to storage;
alter role authenticator set statement_timeout to '8s';
alter role authenticator set lock_timeout to '8s';
alter role anon set statement_timeout to '3s';
alter role authenticated set statement_timeout to '8s';
