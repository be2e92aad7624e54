/*
 * Single sign-on — companies that bring their own directory, by SAML, and tell of their
 * people by SCIM. Off here; the tables are what hosted has.
 */
create table auth.sso_providers (
  id uuid primary key,
  resource_id text,
  created_at timestamptz,
  updated_at timestamptz,
  disabled boolean,
  -- Hosted writes `= null` where it means `is null`; the check is the same in effect.
  constraint "resource_id not empty" check (resource_id = null::text or char_length(resource_id) > 0)
);
create unique index sso_providers_resource_id_idx on auth.sso_providers (lower(resource_id));
create index sso_providers_resource_id_pattern_idx on auth.sso_providers (resource_id text_pattern_ops);

create table auth.sso_domains (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers on delete cascade,
  domain text not null,
  created_at timestamptz,
  updated_at timestamptz,
  constraint "domain not empty" check (char_length(domain) > 0)
);
create unique index sso_domains_domain_idx on auth.sso_domains (lower(domain));
create index sso_domains_sso_provider_id_idx on auth.sso_domains (sso_provider_id);

create table auth.saml_providers (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers on delete cascade,
  entity_id text not null unique,
  metadata_xml text not null,
  metadata_url text,
  attribute_mapping jsonb,
  created_at timestamptz,
  updated_at timestamptz,
  name_id_format text,
  constraint "entity_id not empty" check (char_length(entity_id) > 0),
  constraint "metadata_url not empty" check (metadata_url = null::text or char_length(metadata_url) > 0),
  constraint "metadata_xml not empty" check (char_length(metadata_xml) > 0)
);
create index saml_providers_sso_provider_id_idx on auth.saml_providers (sso_provider_id);

create table auth.saml_relay_states (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers on delete cascade,
  request_id text not null,
  for_email text,
  redirect_to text,
  created_at timestamptz,
  updated_at timestamptz,
  flow_state_id uuid references auth.flow_state on delete cascade,
  constraint "request_id not empty" check (char_length(request_id) > 0)
);
create index saml_relay_states_sso_provider_id_idx on auth.saml_relay_states (sso_provider_id);
create index saml_relay_states_for_email_idx on auth.saml_relay_states (for_email);
create index saml_relay_states_created_at_idx on auth.saml_relay_states (created_at desc);

-- Somebody a company's directory has told of, as it told it.
create table auth.scim_users (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers on delete cascade,
  user_id uuid references auth.users on delete set null,
  resource jsonb not null,
  user_name text not null generated always as (lower(resource ->> 'userName')) stored,
  external_id text generated always as (resource ->> 'externalId') stored,
  active boolean not null generated always as (coalesce((resource ->> 'active')::boolean, true)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index scim_users_user_name_key on auth.scim_users (sso_provider_id, user_name) where deleted_at is null;
create unique index scim_users_external_id_key on auth.scim_users (sso_provider_id, external_id)
  where external_id is not null and deleted_at is null;
create index scim_users_user_id_idx on auth.scim_users (user_id);
create index scim_users_id_idx on auth.scim_users (sso_provider_id, id) where deleted_at is null;
create index scim_users_user_name_idx on auth.scim_users (sso_provider_id, user_name collate "C", id)
  where deleted_at is null;
create index scim_users_created_at_idx on auth.scim_users (sso_provider_id, created_at, id) where deleted_at is null;
create index scim_users_updated_at_idx on auth.scim_users (sso_provider_id, updated_at, id) where deleted_at is null;
create index scim_users_sso_provider_id_idx on auth.scim_users (sso_provider_id);
create index scim_users_deleted_at_idx on auth.scim_users (deleted_at);

-- What a directory shows to be believed.
create table auth.scim_tokens (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers on delete cascade,
  token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
  prefix text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint scim_tokens_expires_at_future check (expires_at is null or expires_at > created_at),
  constraint scim_tokens_revoked_after_created check (revoked_at is null or revoked_at >= created_at)
);
create unique index scim_tokens_token_hash_key on auth.scim_tokens (token_hash);
create index scim_tokens_sso_provider_id_idx on auth.scim_tokens (sso_provider_id);
create index scim_tokens_expires_at_idx on auth.scim_tokens (expires_at);
create index scim_tokens_revoked_at_idx on auth.scim_tokens (revoked_at);
