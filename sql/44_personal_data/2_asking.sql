/*
 * Personal data, asking — what a person asks of us about themselves.
 *
 * One asks for oneself alone. What takes long is promised to the worker; what
 * cannot be undone waits fourteen days. The log's lines are of no company: what
 * somebody does about their own data is not their employer's to read.
 */

-- What becomes of a person's company when they go: it stays, it needs another admin first, or nobody is left.
create function private.company_fate(person uuid) returns text
language sql stable security definer set search_path = ''
as $$
  select case
    when private.is_last_admin(person) then 'hand_over'
    when exists (
      select from public.memberships as own
      where own.user_id = person and not exists (
        select from public.memberships
        where memberships.organization_id = own.organization_id and memberships.user_id <> person)) then 'goes'
    else 'stays'
  end
$$;

-- Whether the platform would have no admin without this person.
create function private.is_last_platform_admin(person uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from public.platform_roles where user_id = person and role = 'admin')
    and not exists (
      select from public.platform_roles
      join public.memberships using (user_id)
      join public.profiles on profiles.id = user_id and profiles.status = 'active'
      join public.organizations on organizations.id = organization_id and organizations.status = 'active'
      where platform_roles.role = 'admin' and user_id <> person)
$$;

-- What one may do -----------------------------------------------------------

create function private.export_card(export private.data_exports) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', export.id,
    'state', case when export.state = 'ready' and export.expires_at <= now() then 'expired' else export.state end,
    'progress', export.progress,
    'requested_at', export.requested_at,
    'ready_at', export.ready_at,
    'expires_at', export.expires_at,
    'bytes', export.bytes,
    'path', export.user_id || '/' || export.id || '.zip')
$$;

create function private.erasure_card(erasure private.erasures) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'choice', erasure.choice, 'requested_at', erasure.requested_at, 'due_at', erasure.due_at)
$$;

create function public.my_privacy() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  return jsonb_build_object(
    'documents', (
      select jsonb_agg(jsonb_build_object(
        'id', current.id,
        'kind', current.kind,
        'version', current.version,
        'published_at', current.published_at,
        'changes_en', current.changes_en,
        'changes_ar', current.changes_ar,
        'accepted_at', (
          select accepted_at from public.consents where user_id = person and document_id = current.id),
        'accepted_before', (
          select max(documents.version) from public.consents
          join public.legal_documents as documents on documents.id = consents.document_id
          where consents.user_id = person and documents.kind = current.kind and documents.version < current.version))
        order by current.kind)
      from private.current_documents() as current),
    'export', (
      select private.export_card(exports) from private.data_exports as exports
      where user_id = person order by requested_at desc limit 1),
    'erasure', (
      select private.erasure_card(erasures) from private.erasures where user_id = person),
    'company', private.company_fate(person));
end;
$$;
comment on function public.my_privacy is
  'The caller''s consents (documents in force, null where not accepted), last export, erasure under way, and what would become of their company: stays, hand_over or goes.';
grant execute on function public.my_privacy to authenticated;

create function public.request_data_export() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
  export private.data_exports;
begin
  -- Two at the same moment: the second finds what the first has asked for.
  perform from public.profiles where id = person for no key update;
  select * into export from private.data_exports where user_id = person and state in ('waiting', 'building');
  if export.id is null then
    perform private.limit_rate('exports.person', person::text, 2, 86400);
    insert into private.data_exports (user_id) values (person) returning * into export;
    perform private.audit('personal_data.export', null, 'export', export.id::text);
    perform private.enqueue('personal-data.build-export', jsonb_build_object('exportId', export.id));
  end if;
  return private.export_card(export);
end;
$$;
comment on function public.request_data_export is
  'Asks for a copy of everything held about the caller, and returns it as it stands. One at a time, two a day.';
grant execute on function public.request_data_export to authenticated;

/*
 * Asks who is there once more: an open page on a table must not be enough. The
 * session has to be younger than five minutes, which takes the password.
 */
create function public.request_erasure(choice public.erasure_choice, dissolve boolean default false) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
  organization uuid := private.organization_of(person);
  erasure private.erasures;
begin
  if choice is null then
    perform private.refuse(422, 'invalid_input', 'Say what becomes of what you wrote: keep_without_name or remove.');
  elsif not exists (
    select from auth.sessions where id = private.my_session() and created_at > now() - interval '5 minutes') then
    perform private.refuse(403, 'reauthentication_required', 'Sign in with your password once more.');
  end if;

  perform from public.organizations where id = organization for no key update;
  if private.company_fate(person) = 'hand_over' then
    return private.deny(409, 'last_admin', 'Your company needs another admin first.',
      'personal_data.request_erasure', null, 'person', person::text);
  elsif private.is_last_platform_admin(person) then
    return private.deny(409, 'last_platform_admin', 'The platform needs an admin: name another one first.',
      'personal_data.request_erasure', null, 'person', person::text);
  elsif private.company_fate(person) = 'goes' and dissolve is not true then
    perform private.refuse(409, 'company_goes_too', 'Nobody else is active in your company: it goes with you. Say that you know.');
  end if;

  insert into private.erasures as asked (user_id, choice, due_at)
  values (person, request_erasure.choice, now() + private.erasure_delay())
  on conflict (user_id) do update set choice = excluded.choice where asked.step = 'waiting'
  returning * into erasure;
  perform private.audit('personal_data.request_erasure', null, 'person', person::text,
    null, jsonb_build_object('choice', request_erasure.choice));
  perform private.enqueue('personal-data.send-erasure-notice',
    jsonb_build_object('erasureId', erasure.id, 'notice', 'requested'));
  return private.erasure_card(erasure);
end;
$$;
comment on function public.request_erasure is
  'Asks to be forgotten in 14 days; asking again changes the choice, not the day. `dissolve` says that the caller knows their company goes too. Needs a session younger than five minutes.';
grant execute on function public.request_erasure to authenticated;

create function public.cancel_erasure() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := private.require_account();
begin
  delete from private.erasures where user_id = person and step = 'waiting';
  if found then
    perform private.audit('personal_data.cancel_erasure', null, 'person', person::text);
  elsif exists (select from private.erasures where user_id = person) then
    perform private.refuse(409, 'erasure_begun', 'It has begun and can''t be taken back.');
  end if;
end;
$$;
comment on function public.cancel_erasure is
  'Takes the wish to be forgotten back. Without one, nothing happens.';
grant execute on function public.cancel_erasure to authenticated;
