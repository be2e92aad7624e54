/*
 * GraphQL, which the npm build of Postgres does not have. A hosted project whose extension pg_graphql is switched off
 * has this function in its place, so that /graphql/v1 says what is missing.
 */
create function graphql_public.graphql(
  "operationName" text default null,
  query text default null,
  variables jsonb default null,
  extensions jsonb default null
) returns jsonb
language sql
set search_path = ''
as $$
  select '{"errors": [{"message": "pg_graphql extension is not enabled."}]}'::jsonb
$$;

grant execute on function graphql_public.graphql to postgres, anon, authenticated, service_role;
