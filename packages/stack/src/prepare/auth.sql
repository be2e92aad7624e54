/*
 * Auth — who may do what in its schema. The tables are in auth/, one file a subject.
 *
 * API roles get nothing here: whom a request belongs to, policies learn from auth.uid() and auth.jwt().
 */
do $$
declare
  name text;
begin
  for name in select tablename from pg_tables where schemaname = 'auth' loop
    -- The rights `postgres` has on hosted: it may let others read, and hand on nothing else.
    execute format('grant all on auth.%I to postgres, dashboard_user', name);
    -- Hosted keeps the newer tables out of reach by grants alone.
    if name !~ '^(oauth_|custom_oauth_|webauthn_|mfa_recovery_|scim_)' then
      execute format('alter table auth.%I enable row level security', name);
      execute format('grant select on auth.%I to postgres with grant option', name);
    end if;
  end loop;
end;
$$;
grant all on all sequences in schema auth to postgres, dashboard_user;
grant all on all routines in schema auth to postgres, dashboard_user;

-- The changes that hosted Auth has made to this schema, by which others see how new it is.
insert into auth.schema_migrations (version) values
  ('20171026211738'), ('20171026211808'), ('20171026211834'), ('20180103212743'), ('20180108183307'),
  ('20180119214651'), ('20180125194653'), ('00'), ('20210710035447'), ('20210722035447'), ('20210730183235'), ('20210909172000'), ('20210927181326'),
  ('20211122151130'), ('20211124214934'), ('20211202183645'), ('20220114185221'), ('20220114185340'),
  ('20220224000811'), ('20220323170000'), ('20220429102000'), ('20220531120530'), ('20220614074223'),
  ('20220811173540'), ('20221003041349'), ('20221003041400'), ('20221011041400'), ('20221020193600'),
  ('20221021073300'), ('20221021082433'), ('20221027105023'), ('20221114143122'), ('20221114143410'),
  ('20221125140132'), ('20221208132122'), ('20221215195500'), ('20221215195800'), ('20221215195900'),
  ('20230116124310'), ('20230116124412'), ('20230131181311'), ('20230322519590'), ('20230402418590'),
  ('20230411005111'), ('20230508135423'), ('20230523124323'), ('20230818113222'), ('20230914180801'),
  ('20231027141322'), ('20231114161723'), ('20231117164230'), ('20240115144230'), ('20240214120130'),
  ('20240306115329'), ('20240314092811'), ('20240427152123'), ('20240612123726'), ('20240729123726'),
  ('20240802193726'), ('20240806073726'), ('20241009103726'), ('20250717082212'), ('20250731150234'),
  ('20250804100000'), ('20250901200500'), ('20250903112500'), ('20250904133000'), ('20250925093508'),
  ('20251007112900'), ('20251104100000'), ('20251111201300'), ('20251201000000'), ('20260115000000'),
  ('20260121000000'), ('20260219120000'), ('20260302000000'), ('20260625000000'), ('20260821000000'),
  ('20260821010000'), ('20260824000000'), ('20260824000001'), ('20260831180000'), ('20260911120000');
