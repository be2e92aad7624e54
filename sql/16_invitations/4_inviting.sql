/*
 * Invitations, inviting — invite a list, send again, withdraw.
 *
 * All security definer: clients have no right to write the tables. Each locks
 * the company first, then asks whether the caller is its admin, and remembers
 * whoever is not.
 */

-- Locks the caller's company. Null where they are no admin of it: the refusal is the caller's to remember.
create function private.lock_administered_organization() returns uuid
language plpgsql set search_path = ''
as $$
begin
  perform from public.organizations where id = private.require_organization() for no key update;
  -- Asked under the lock: while we waited, another admin may have had their way.
  return private.my_administered_organization();
end;
$$;

create function private.deny_invitations(action text, subject_kind text, subject text) returns jsonb
language sql set search_path = ''
as $$
  select private.deny(403, 'not_allowed', 'This is for the admins of the organization.',
    action, private.my_organization(), subject_kind, subject)
$$;

/*
 * What becomes of each line, in their order: [{line, email, name, status}]. A
 * line is its place in the list, from 1. Who has an account elsewhere is not
 * said: an admin could ask about anybody. They are told themselves, by the page
 * that only their mailbox opens.
 */
create function private.judge_entries(organization uuid, entries jsonb, room int) returns jsonb
language sql volatile set search_path = ''
as $$
  with lines as (
    select
      place as line,
      case jsonb_typeof(entry -> 'email') when 'string' then lower(btrim(entry ->> 'email')) end as email,
      case when private.is_name(btrim(entry ->> 'name'), 160) then btrim(entry ->> 'name') end as name
    from jsonb_array_elements(entries) with ordinality as given (entry, place)),
  judged as (
    select lines.*, case
      when not coalesce(private.is_email(email), false) then 'invalid'
      when row_number() over (partition by email order by line) > 1 then 'duplicate'
      when exists (
        select from auth.users join public.memberships on user_id = users.id
        where users.email = lines.email and not users.is_sso_user and memberships.organization_id = organization)
        then 'already_member'
      when exists (
        select from public.invitations
        where invitations.organization_id = organization and invitations.email = lines.email
          and accepted_at is null and revoked_at is null and expires_at > now())
        then 'already_invited'
      end as fault
    from lines),
  fitting as (
    select judged.*,
      coalesce(fault, case when count(*) filter (where fault is null) over (order by line) > room then 'limit' end) as status
    from judged),
  weary as (
    select unnest(private.weary_addresses(array_agg(email) filter (where status is null))) as email from fitting)
  select jsonb_agg(jsonb_build_object(
    'line', line,
    'email', left(email, 254),
    'name', name,
    'status', coalesce(status, case when email in (select weary.email from weary) then 'limit' end, 'invited'))
    order by line)
  from fitting
$$;

/*
 * Invites a list in one transaction: what is good is invited, what is not is
 * said line by line. Asking again with the same list changes nothing.
 */
create function public.invite_people(
  entries jsonb, role public.member_role default 'member',
  locale public.locale default 'ar', message text default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  words text := private.trimmed_message(message);
  room int;
  report jsonb;
  made public.invitations;
  mails int := 0;
begin
  if organization is null then
    return private.deny_invitations('invitations.invite', null, null);
  elsif jsonb_typeof(entries) is distinct from 'array' or jsonb_array_length(entries) = 0 then
    perform private.refuse(422, 'invitations_empty', 'Name at least one address.');
  elsif jsonb_array_length(entries) > 500 then
    perform private.refuse(422, 'invitations_limit', 'A list has 500 lines at most.');
  elsif role is null or locale is null then
    perform private.refuse(422, 'invalid_input', 'Say the role and the language.');
  elsif words is not null and not private.is_prose(words, 500) then
    perform private.refuse(422, 'message_invalid', 'A message has 500 characters at most.');
  end if;

  room := private.invitations_left(organization);
  if room = 0 then
    perform private.refuse_until_next_window(86400);
  end if;
  report := private.judge_entries(organization, entries, room);

  for made in
    insert into public.invitations as kept (organization_id, email, name, role, locale, message, invited_by, created_at)
    select organization, email, name, invite_people.role, invite_people.locale, words, auth.uid(),
      -- In the order of the list, which is read from its newest.
      now() - line * interval '1 microsecond'
    from jsonb_to_recordset(report) as line (line int, email text, name text, status text)
    where status = 'invited'
    -- One that has expired begins again.
    on conflict (organization_id, email) where accepted_at is null and revoked_at is null do update set
      name = coalesce(excluded.name, kept.name), role = excluded.role, locale = excluded.locale,
      message = excluded.message, invited_by = excluded.invited_by, sending = kept.sending + 1,
      created_at = excluded.created_at, expires_at = excluded.expires_at, mailed_at = null, undelivered_at = null
    returning kept.*
  loop
    perform private.promise_invitation(made);
    mails := mails + 1;
  end loop;
  perform private.count_invitations(organization, mails);

  -- Whoever had asked to come has their answer.
  update public.join_requests set decision = 'approved', decided_at = now(), decided_by = auth.uid()
  where organization_id = organization and decided_at is null
    and email in (
      select email from jsonb_to_recordset(report) as line (email text, status text)
      where status in ('invited', 'already_invited', 'already_member'));

  return jsonb_build_object('invited', mails, 'report', report);
end;
$$;
comment on function public.invite_people is
  'Invites up to 500 {email, name?} to the caller''s company. {invited, report: [{line, email, name, status}]}; a status is invited, already_member, already_invited, invalid, duplicate or limit.';
grant execute on function public.invite_people to authenticated;

-- The mail that an invitation needs, and its line in the log.
create function private.promise_invitation(invitation public.invitations) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.enqueue('invitations.send-invitation', jsonb_build_object(
    'invitationId', invitation.id, 'sending', invitation.sending));
  perform private.audit(
    case invitation.sending when 1 then 'invitations.invite' else 'invitations.resend' end,
    invitation.organization_id, 'invitation', invitation.id::text,
    null, jsonb_build_object('role', invitation.role, 'sending', invitation.sending));
end;
$$;

-- An invitation of the caller's company, locked. Another's is as if it did not exist.
create function private.invitation_to_change(invitation uuid, organization uuid) returns public.invitations
language sql volatile set search_path = ''
as $$
  select * from public.invitations
  where id = invitation and organization_id = organization
  for update
$$;

create function public.resend_invitation(invitation uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  kept public.invitations := private.invitation_to_change(invitation, organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.resend', 'invitation', invitation::text);
  elsif kept.id is null then
    return private.deny(404, 'not_found', 'There is no such invitation.',
      'invitations.resend', organization, 'invitation', invitation::text);
  elsif kept.accepted_at is not null then
    perform private.refuse(409, 'invitation_used', 'This invitation was accepted.');
  elsif kept.revoked_at is not null then
    perform private.refuse(409, 'invitation_revoked', 'This invitation was withdrawn.');
  elsif private.invitations_left(organization) = 0 or kept.email = any (private.weary_addresses(array[kept.email])) then
    perform private.refuse_until_next_window(86400);
  end if;
  perform private.limit_rate('invitations.resend', kept.id::text, 5, 86400);

  update public.invitations
  set sending = sending + 1, expires_at = now() + interval '7 days', mailed_at = null, undelivered_at = null
  where id = kept.id
  returning * into kept;
  perform private.promise_invitation(kept);
  perform private.count_invitations(organization, 1);
  return private.invitation_card(kept);
end;
$$;
comment on function public.resend_invitation is
  'Mails an open or expired invitation anew, for seven days more. The links of its older mails die. Answers the invitation.';
grant execute on function public.resend_invitation to authenticated;

create function public.revoke_invitation(invitation uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.lock_administered_organization();
  kept public.invitations := private.invitation_to_change(invitation, organization);
begin
  if organization is null then
    return private.deny_invitations('invitations.revoke', 'invitation', invitation::text);
  elsif kept.id is null then
    return private.deny(404, 'not_found', 'There is no such invitation.',
      'invitations.revoke', organization, 'invitation', invitation::text);
  elsif kept.accepted_at is not null then
    perform private.refuse(409, 'invitation_used', 'This invitation was accepted.');
  elsif kept.revoked_at is null then
    update public.invitations set revoked_at = now() where id = kept.id returning * into kept;
    perform private.audit('invitations.revoke', organization, 'invitation', kept.id::text);
  end if;
  return private.invitation_card(kept);
end;
$$;
comment on function public.revoke_invitation is
  'Withdraws an invitation: its links die at once. Once more changes nothing. Answers the invitation.';
grant execute on function public.revoke_invitation to authenticated;
