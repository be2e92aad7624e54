/*
 * Sessions — where a person is signed in, and how that ends.
 *
 * Auth makes sessions and keeps them; to end one is to delete its row, and from
 * then on its token opens nothing (private.my_session). What a person or an
 * admin does to passwords, addresses, factors and sessions stands in the audit log,
 * whichever way it was done.
 */

-- Who may -----------------------------------------------------------------

/*
 * user:<id> is a person's own channel, on all their devices. One listens as long as
 * one's session lasts, active or not: so that a page learns when it is let in again.
 */
create policy select_own on realtime.messages
  for select to authenticated
  using (extension = 'broadcast'
    and (select realtime.topic()) = 'user:' || (select auth.uid())
    and (select private.my_session()) is not null);

-- The organization in whose log a deed of or to this person stands.
create function private.organization_of(person uuid) returns uuid
language sql stable security definer set search_path = ''
as $$
  select organization_id from public.memberships where user_id = person
$$;

/*
 * Tells a person's open pages that what they may do has changed: they ask again
 * who they are, and leave what is no longer theirs. For every change of status, role
 * or membership, of theirs or of their company.
 */
create function private.tell_access_changed(person uuid) returns void
language sql security definer set search_path = ''
as $$
  select realtime.send('{}', 'access_changed', 'user:' || person, true)
$$;

/*
 * Signs a person out everywhere, at once. The event goes first, so that it is
 * delivered before the channels are closed.
 */
create function private.end_access(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell_access_changed(person);
  delete from auth.sessions where user_id = person;
end;
$$;

-- What one may do -----------------------------------------------------------

/*
 * Security definer, as the ones below: clients have no rights on Auth's tables.
 * A session of 30 days has no end of its own in the table: its age is its end
 * (config.toml, auth.sessions.timebox).
 */
create function public.list_sessions() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_session();
begin
  return coalesce((
    select jsonb_agg(listed.session order by listed.id = mine desc, listed.used_at desc)
    from (
      select sessions.id, used_at, jsonb_build_object(
        'id', sessions.id,
        'current', sessions.id = mine,
        'started_at', sessions.created_at,
        'used_at', used_at,
        'ends_at', coalesce(sessions.not_after, sessions.created_at + interval '720 hours'),
        'remembered', sessions.not_after is null,
        'second_factor', sessions.aal = 'aal2',
        'user_agent', left(sessions.user_agent, 400),
        'ip', host(sessions.ip)) as session
      from auth.sessions
      cross join lateral (
        select coalesce(sessions.refreshed_at at time zone 'utc', sessions.created_at) as used_at) as last
      where sessions.user_id = auth.uid()
        and coalesce(sessions.not_after, sessions.created_at + interval '720 hours') > now()
      order by sessions.id = mine desc, used_at desc
      limit 100) as listed), '[]');
end;
$$;
comment on function public.list_sessions is
  'Where one is signed in, the session that asks first, then the last used: {id, current, started_at, used_at, ends_at, remembered, second_factor, user_agent, ip}. At most 100.';
grant execute on function public.list_sessions to authenticated;

create function public.end_session(session uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_session();
  if not exists (select from auth.sessions where sessions.id = session and sessions.user_id = auth.uid()) then
    return private.deny(404, 'not_found', 'There is no such session.',
      'sessions.end', private.organization_of(auth.uid()), 'session', session::text);
  end if;
  perform private.audit('sessions.end', private.organization_of(auth.uid()), 'session', session::text);
  perform private.tell_access_changed(auth.uid());
  delete from auth.sessions where sessions.id = session and sessions.user_id = auth.uid();
  return jsonb_build_object('ended', 1);
end;
$$;
comment on function public.end_session is
  'Ends one of one''s own sessions, at once: {ended}. Refuses: not_found, session_ended.';
grant execute on function public.end_session to authenticated;

create function public.end_other_sessions() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  mine uuid := private.require_session();
  ended int;
begin
  perform private.tell_access_changed(auth.uid());
  delete from auth.sessions where user_id = auth.uid() and id <> mine;
  get diagnostics ended = row_count;
  perform private.audit('sessions.end_others', private.organization_of(auth.uid()), 'person', auth.uid()::text,
    null, jsonb_build_object('ended', ended));
  return jsonb_build_object('ended', ended);
end;
$$;
comment on function public.end_other_sessions is
  'Signs one out everywhere else, at once: {ended}, how many sessions there were.';
grant execute on function public.end_other_sessions to authenticated;

create function public.end_all_sessions() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  ended int;
begin
  perform private.require_session();
  perform private.tell_access_changed(auth.uid());
  perform private.audit('sessions.end_all', private.organization_of(auth.uid()), 'person', auth.uid()::text);
  delete from auth.sessions where user_id = auth.uid();
  get diagnostics ended = row_count;
  return jsonb_build_object('ended', ended);
end;
$$;
comment on function public.end_all_sessions is
  'Signs one out everywhere, here too, at once: {ended}, how many sessions there were.';
grant execute on function public.end_all_sessions to authenticated;

/*
 * Auth keeps a wished address until both links are followed, and has no word for
 * changing one's mind.
 */
create function public.cancel_email_change() returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_session();
  update auth.users
  set email_change = '', email_change_token_new = '', email_change_token_current = '', email_change_confirm_status = 0
  where id = auth.uid() and email_change <> '';
  if found then
    delete from auth.one_time_tokens
    where user_id = auth.uid() and token_type in ('email_change_token_new', 'email_change_token_current');
    perform private.audit('email.cancel_change', private.organization_of(auth.uid()), 'person', auth.uid()::text);
  end if;
end;
$$;
comment on function public.cancel_email_change is
  'Forgets the address one wanted to change to: the links that were mailed for it work no more.';
grant execute on function public.cancel_email_change to authenticated;

/*
 * For who has lost the phone with their second factor: an admin of their company, or
 * of the platform, takes the factor away and with it every session. The password
 * is still needed. A platform admin's is taken away by another platform admin alone.
 */
create function public.reset_second_factor(person uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  is_platform_admin boolean := coalesce(private.my_platform_role() = 'admin', false);
  theirs uuid := private.organization_of(person);
  factors int;
begin
  if not is_platform_admin and private.my_administered_organization() is null then
    return private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
      'second_factor.reset', organization, 'person', person::text);
  elsif not exists (select from public.profiles where id = person)
    or not is_platform_admin and theirs is distinct from organization then
    return private.deny(404, 'not_found', 'There is no such person.',
      'second_factor.reset', organization, 'person', person::text);
  elsif person = auth.uid() then
    return private.deny(403, 'not_allowed', 'Remove your own second factor with a code of it.',
      'second_factor.reset', organization, 'person', person::text);
  elsif not is_platform_admin and exists (
    select from public.platform_roles where user_id = person and role = 'admin') then
    return private.deny(403, 'not_allowed', 'This is for the admins of the platform.',
      'second_factor.reset', organization, 'person', person::text);
  end if;

  if not exists (select from auth.mfa_factors where user_id = person) then
    return jsonb_build_object('removed', 0);
  end if;
  perform private.audit('second_factor.reset', theirs, 'person', person::text);
  perform private.end_access(person);
  delete from auth.mfa_factors where user_id = person;
  get diagnostics factors = row_count;
  return jsonb_build_object('removed', factors);
end;
$$;
comment on function public.reset_second_factor is
  'Takes away all second factors of a person of one''s company (a platform admin: of anybody) and ends their sessions: {removed}. Refuses: not_allowed, not_found.';
grant execute on function public.reset_second_factor to authenticated;

-- What our services may do --------------------------------------------------

/*
 * Auth has seen the function and not the person's device, so the session is told;
 * and whoever wants to be remembered loses the end that every session begins with.
 */
create function public.begin_session(session uuid, user_agent text, address text, remember boolean) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  origin inet;
begin
  if pg_input_is_valid(address, 'inet') then
    origin := address;
  end if;
  update auth.sessions
  set user_agent = left(begin_session.user_agent, 400),
    ip = coalesce(origin, sessions.ip),
    not_after = case when remember then null else not_after end
  where id = session;
  return found;
end;
$$;
comment on function public.begin_session is
  'Notes the device and address of a new session, and whether it is to be remembered; false where there is no such session. For functions/sign-in.';
grant execute on function public.begin_session to service_role;

/*
 * Who came in has shown that it was them who mistyped: the address is free again, and
 * the network keeps the count of its failures alone. Subjects are digests, as
 * functions/_shared/limit.ts makes them.
 */
create function public.forgive_sign_in(address text, network text) returns void
language sql security definer set search_path = ''
as $$
  delete from private.rate_limits where bucket = 'sign_in.address' and subject = address;
  delete from private.rate_limits where bucket = 'sign_in.network' and subject = network and hits = 1;
  update private.rate_limits set hits = hits - 1 where bucket = 'sign_in.network' and subject = network and hits > 1;
$$;
comment on function public.forgive_sign_in is
  'After a sign-in that succeeded: forgets the tries of its address, and its own try of its network. For functions/sign-in.';
grant execute on function public.forgive_sign_in to service_role;

/*
 * The wall behind functions/sign-in, for who asks Auth directly: Auth asks here
 * after it has compared a password (config.toml, auth.hook). Beyond 30 failures in a
 * quarter of an hour a right password is answered as a wrong one, in Auth's own words,
 * so that nobody learns of the account or of the lock. A link by mail still lets in.
 */
create function private.password_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person text := event ->> 'user_id';
  failures int;
begin
  if not (event ->> 'valid')::boolean then
    perform public.take_rate_limit('sign_in.person', person, 30, 900);
    return '{"decision": "continue"}';
  end if;
  select sum(hits) into failures from private.rate_limits
  where bucket = 'sign_in.person' and subject = person
    and window_start > clock_timestamp() - interval '15 minutes';
  if failures >= 30 then
    return '{"decision": "reject", "message": "Invalid login credentials", "should_logout_user": false}';
  end if;
  delete from private.rate_limits where bucket = 'sign_in.person' and subject = person;
  return '{"decision": "continue"}';
end;
$$;
grant execute on function private.password_verification_attempt to supabase_auth_admin;

/*
 * The same for codes of an app. Whoever is asked for one knows the password, so
 * that they may be told of the lock.
 */
create function private.mfa_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  person text := event ->> 'user_id';
  answer jsonb := public.take_rate_limit('second_factor.person', person, 10, 900);
begin
  if not (answer ->> 'allowed')::boolean then
    return jsonb_build_object('error', jsonb_build_object('http_code', 429,
      'message', format('Too many attempts. Try again in %s seconds.', answer ->> 'retry_after')));
  elsif (event ->> 'valid')::boolean then
    delete from private.rate_limits where bucket = 'second_factor.person' and subject = person;
  end if;
  return '{"decision": "continue"}';
end;
$$;
grant execute on function private.mfa_verification_attempt to supabase_auth_admin;

-- What follows ----------------------------------------------------------------

/*
 * A session ends after twelve hours, however it began (a password, a link of a mail,
 * Auth asked directly) and whatever is refreshed, unless begin_session says
 * otherwise. Auth honours not_after beside its own timebox.
 */
create function private.sessions_bound() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.not_after := coalesce(new.created_at, now()) + interval '12 hours';
  return new;
end;
$$;

create trigger before_insert_bound before insert on auth.sessions
  for each row when (new.not_after is null)
  execute function private.sessions_bound();

/*
 * A line about a person's own security. Auth works under its own role and says
 * nothing of who asks, so the deed counts as the person's unless somebody is named.
 */
create function private.audit_security(action text, person uuid, subject_kind text, subject text) returns void
language sql security definer set search_path = ''
as $$
  select private.write_audit(action, private.organization_of(person), subject_kind, subject,
    null, null, 'done', null, coalesce(auth.uid(), person))
$$;

create function private.users_remember_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.encrypted_password is distinct from old.encrypted_password then
    perform private.audit_security('password.change', new.id, 'person', new.id::text);
  end if;
  if new.email is distinct from old.email then
    perform private.audit_security('email.change', new.id, 'person', new.id::text);
  end if;
  -- A new password ends the other sessions, and the page shows the address.
  perform private.tell_access_changed(new.id);
  return null;
end;
$$;

create trigger after_update_remember after update of encrypted_password, email on auth.users
  for each row when (old.email_confirmed_at is not null and (
    old.encrypted_password is distinct from new.encrypted_password or old.email is distinct from new.email))
  execute function private.users_remember_change();

create function private.factors_remember() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  factor auth.mfa_factors := case when tg_op = 'DELETE' then old else new end;
begin
  -- With the person, everything goes.
  if exists (select from auth.users where id = factor.user_id) then
    perform private.audit_security(
      case when tg_op = 'DELETE' then 'second_factor.remove' else 'second_factor.add' end,
      factor.user_id, 'person', factor.user_id::text);
    perform private.tell_access_changed(factor.user_id);
  end if;
  return null;
end;
$$;

create trigger after_update_remember after update of status on auth.mfa_factors
  for each row when (old.status <> 'verified' and new.status = 'verified')
  execute function private.factors_remember();

create trigger after_delete_remember after delete on auth.mfa_factors
  for each row when (old.status = 'verified')
  execute function private.factors_remember();

-- Auth's mails know a person's language from its own table alone.
create function private.profiles_tell_language() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update auth.users
  set raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || jsonb_build_object('locale', new.locale)
  where id = new.id;
  return null;
end;
$$;

create trigger after_update_tell_language after update of locale on public.profiles
  for each row when (old.locale is distinct from new.locale)
  execute function private.profiles_tell_language();
