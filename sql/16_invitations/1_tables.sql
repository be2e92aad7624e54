/*
 * Invitations — how a company takes people in.
 *
 * An admin invites an address; the token in the mail proves the mailbox and is
 * the only key. It is made by the worker as it mails, and kept here as a hash
 * alone. Whoever has an address at a company's own domain may ask to be
 * invited. What becomes of a person who takes an invitation up stands in 17.
 */

-- Tables ------------------------------------------------------------------

-- As it was written, without the space around it; null where nothing is left.
create function private.trimmed_message(text text) returns text
language sql immutable set search_path = ''
as $$ select nullif(btrim(replace(replace(text, E'\r', ''), E'\t', ' '), E' \n'), '') $$;

create table public.invitations (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  email           text not null constraint email_is_an_address check (private.is_email(email) and email = lower(email)),
  name            text constraint name_is_a_name check (private.is_name(name, 160)),
  role            public.member_role not null,
  locale          public.locale not null,
  message         text constraint message_is_prose check (private.is_prose(message, 500)),
  invited_by      uuid references public.profiles on delete set null,
  sending         int not null default 1,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null default now() + interval '7 days',
  mailed_at       timestamptz,
  undelivered_at  timestamptz,
  accepted_at     timestamptz,
  accepted_by     uuid references public.profiles on delete set null,
  revoked_at      timestamptz,
  constraint accepted_or_revoked check (accepted_at is null or revoked_at is null)
);
comment on table public.invitations is
  'A place that a company keeps for an address, for seven days. `sending` counts its mails: the newest link alone works.';

-- Is this address invited here already? Once is enough.
create unique index one_open_invitation_an_address on public.invitations (organization_id, email)
  where accepted_at is null and revoked_at is null;
-- Whom has this company invited, newest first?
create index on public.invitations (organization_id, created_at desc, id desc);
-- What did this person send, and take up?
create index on public.invitations (invited_by);
create index on public.invitations (accepted_by);

create table private.invitation_secrets (
  token_hash    bytea primary key constraint hash_is_sha256 check (length(token_hash) = 32),
  invitation_id uuid not null references public.invitations on delete cascade,
  sending       int not null,
  made_at       timestamptz not null default now()
);
comment on table private.invitation_secrets is
  'Hashes of the tokens that were mailed. More than one to a mail where its job ran twice; those of older mails stay, so that their links can say why they are dead.';

-- Which links lead to this invitation?
create index on private.invitation_secrets (invitation_id);

create type public.join_decision as enum ('approved', 'declined');

create table public.join_requests (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations on delete cascade,
  email           text not null constraint email_is_an_address check (private.is_email(email) and email = lower(email)),
  first_name      text not null constraint first_name_is_a_name check (private.is_name(first_name, 80)),
  last_name       text not null constraint last_name_is_a_name check (private.is_name(last_name, 80)),
  locale          public.locale not null,
  message         text constraint message_is_prose check (private.is_prose(message, 500)),
  created_at      timestamptz not null default now(),
  decision        public.join_decision,
  decided_at      timestamptz,
  decided_by      uuid references public.profiles on delete set null,
  constraint decisions_have_a_time check ((decision is null) = (decided_at is null))
);
comment on table public.join_requests is
  'Somebody who says they are of this company and asks to be invited. Nothing in it is proven: the invitation''s mail will prove the address.';

-- Has this address asked already? One question at a time.
create unique index one_open_request_an_address on public.join_requests (email) where decided_at is null;
-- Who waits for this company's answer, newest first?
create index on public.join_requests (organization_id, created_at desc, id desc);
create index on public.join_requests (decided_by);

-- Who may -----------------------------------------------------------------

alter table public.invitations enable row level security;
grant select on public.invitations to authenticated;

create policy select_admin on public.invitations
  for select to authenticated
  using (organization_id = (select private.my_administered_organization()));

alter table public.join_requests enable row level security;
grant select on public.join_requests to authenticated;

create policy select_admin on public.join_requests
  for select to authenticated
  using (organization_id = (select private.my_administered_organization()));
