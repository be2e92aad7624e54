/*
 * Consents — the terms and the privacy notice, and who agreed to which version.
 *
 * What people agreed to must still be readable years later: a version is never
 * changed, the next one stands beside it. Consent is a person's relation to us
 * and no right of access: who has not agreed to the newest version is asked by
 * the pages before anything else, and no policy looks here.
 */

-- Tables ------------------------------------------------------------------

create type public.legal_kind as enum ('terms', 'privacy');

-- A text as sections of a heading and paragraphs: nothing that a page would have to make safe.
create function private.is_legal_text(text jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select jsonb_typeof(text) = 'array' and jsonb_array_length(text) > 0 and not exists (
    select from jsonb_array_elements(text) as section
    where jsonb_typeof(section) <> 'object'
      or section - array['heading', 'paragraphs'] <> '{}'
      or jsonb_typeof(section -> 'heading') is distinct from 'string'
      or jsonb_typeof(section -> 'paragraphs') is distinct from 'array'
      or jsonb_path_exists(section -> 'paragraphs', '$[*] ? (@.type() != "string")'))
$$;

create table public.legal_documents (
  id           uuid primary key default gen_random_uuid(),
  kind         public.legal_kind not null,
  version      int not null check (version > 0),
  text_en      jsonb not null constraint text_en_is_a_legal_text check (private.is_legal_text(text_en)),
  text_ar      jsonb not null constraint text_ar_is_a_legal_text check (private.is_legal_text(text_ar)),
  changes_en   text check (length(changes_en) between 1 and 1000),
  changes_ar   text check (length(changes_ar) between 1 and 1000),
  published_at timestamptz not null default now(),
  unique (kind, version),
  constraint changes_are_told_in_both_languages check ((changes_en is null) = (changes_ar is null))
);
comment on table public.legal_documents is
  'Every version of the terms and the privacy notice. The newest published one of a kind is in force; `changes` says in a few words what is new.';

create function private.legal_documents_stand() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'A version that was published stands: add the next one.' using errcode = 'insufficient_privilege';
end;
$$;

create trigger before_change_stand before update or delete on public.legal_documents
  for each row when (old.published_at <= now()) execute function private.legal_documents_stand();

create table public.consents (
  user_id     uuid not null references public.profiles on delete cascade,
  document_id uuid not null references public.legal_documents on delete restrict,
  accepted_at timestamptz not null default now(),
  ip          inet,
  primary key (user_id, document_id)
);
comment on table public.consents is
  'Who agreed to which version, when and from where. Goes with the person.';

-- Who has agreed to this version?
create index on public.consents (document_id);

-- Who may -----------------------------------------------------------------

-- The one thing a visitor may read here: one reads the terms before one has an account.
alter table public.legal_documents enable row level security;
grant select on public.legal_documents to anon, authenticated;

create policy select_anybody on public.legal_documents
  for select to anon, authenticated
  using (published_at <= now());

alter table public.consents enable row level security;
grant select on public.consents to authenticated;

create policy select_self on public.consents
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_session()) is not null);

/*
 * The caller, for what everybody may do about their own data, whatever has become
 * of their place here: deactivated, suspended or removed, one can still agree,
 * take one's data and go.
 */
create function private.require_account() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_session();
  if not exists (select from public.profiles where id = auth.uid() and status <> 'pending') then
    perform private.refuse(403, 'not_active', 'This account may not act here at present.');
  end if;
  return auth.uid();
end;
$$;

create function private.current_documents() returns setof public.legal_documents
language sql stable security definer set search_path = ''
as $$
  select distinct on (kind) * from public.legal_documents
  where published_at <= now()
  order by kind, version desc
$$;

-- What one may do -----------------------------------------------------------

/*
 * Agrees to documents, by their ids: to what the person was shown, not to
 * whatever is in force by the time the answer arrives.
 */
create function public.accept_documents(documents uuid[]) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  if documents is null or cardinality(documents) not between 1 and 10 or array_position(documents, null) is not null then
    perform private.refuse(422, 'invalid_input', 'Name the documents you accept.');
  elsif exists (
    select from unnest(documents) as given (id)
    where not exists (select from public.legal_documents where legal_documents.id = given.id and published_at <= now()))
  then
    perform private.refuse(404, 'not_found', 'There is no such document.');
  elsif exists (
    select from unnest(documents) as given (id)
    where not exists (select from private.current_documents() as current where current.id = given.id))
  then
    perform private.refuse(409, 'document_superseded', 'A newer version has been published: read that one.');
  end if;

  insert into public.consents (user_id, document_id, ip)
  select distinct person, given.id, private.request_ip() from unnest(documents) as given (id)
  on conflict do nothing;
end;
$$;
comment on function public.accept_documents is
  'Agrees to versions of the terms and the privacy notice that are in force, by their ids. Asking again changes nothing.';
grant execute on function public.accept_documents to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * Takes down what somebody agreed to when they signed up or accepted an invitation.
 * The metadata is hostile: what is not the id of a version in force is passed over.
 */
create function private.accept_documents(person uuid, metadata jsonb) returns void
language sql security definer set search_path = ''
as $$
  insert into public.consents (user_id, document_id, ip)
  select person, current.id, private.request_ip()
  from private.current_documents() as current
  where jsonb_typeof(metadata -> 'accepted_documents') = 'array'
    and metadata -> 'accepted_documents' ? current.id::text
  on conflict do nothing
$$;
