/*
 * Invitations, accepting — what a token opens, and for whom. Who signs up by it
 * is made in 17; who has an account is let in here.
 */

-- Why a link does not open, as an error code; null where it does.
create function private.invitation_fault(invitation public.invitations, sending int) returns text
language sql stable set search_path = ''
as $$
  select case
    when invitation.id is null then 'invitation_unknown'
    when invitation.accepted_at is not null then 'invitation_used'
    when invitation.revoked_at is not null then 'invitation_revoked'
    when invitation.sending <> invitation_fault.sending then 'invitation_replaced'
    when invitation.expires_at <= now() then 'invitation_expired'
    when (select status from public.organizations where id = invitation.organization_id) <> 'active'
      then 'organization_suspended'
  end
$$;

create function private.invitation_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'invitation_unknown' then 'There is no such invitation. The link may have been cut short.'
    when 'invitation_used' then 'This invitation was accepted already.'
    when 'invitation_revoked' then 'This invitation was withdrawn.'
    when 'invitation_replaced' then 'A newer mail has replaced this link.'
    when 'invitation_expired' then 'This invitation has expired.'
    when 'invitation_for_another' then 'This invitation is for another address.'
    when 'organization_suspended' then 'This company is suspended.'
  end
$$;

create function private.token_hash(token text) returns bytea
language sql immutable set search_path = ''
as $$ select sha256(convert_to(token, 'utf8')) $$;

/*
 * The invitation that a token opens, locked until the end of the transaction:
 * of two who take it up at once, or one who takes it up while it is withdrawn,
 * the later finds it taken. The company's row comes first, as everywhere.
 */
create function private.take_invitation(token text, email text) returns public.invitations
language plpgsql set search_path = ''
as $$
declare
  secret private.invitation_secrets;
  kept public.invitations;
  fault text;
begin
  select * into secret from private.invitation_secrets where token_hash = private.token_hash(token);
  perform from public.organizations
  where id = (select organization_id from public.invitations where id = secret.invitation_id)
  for share;
  select * into kept from public.invitations where id = secret.invitation_id for update;

  fault := private.invitation_fault(kept, secret.sending);
  if fault is null and kept.email is distinct from lower(take_invitation.email) then
    fault := 'invitation_for_another';
  end if;
  if fault is not null then
    perform private.refuse(case fault when 'invitation_unknown' then 404 when 'invitation_for_another' then 403 else 409 end,
      fault, private.invitation_sentence(fault));
  end if;
  return kept;
end;
$$;

-- Whether a token opens an invitation for this address at this moment.
create function private.opens_for(token text, email text) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from private.invitation_secrets
    join public.invitations on invitations.id = invitation_secrets.invitation_id
    where token_hash = private.token_hash(token) and invitations.email = opens_for.email
      and private.invitation_fault(invitations, invitation_secrets.sending) is null)
$$;

-- Puts a person where the invitation wants them, once and for all.
create function private.join_by(invitation public.invitations, person uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.memberships (user_id, organization_id, role)
  values (person, invitation.organization_id, invitation.role);

  update public.invitations set accepted_at = now(), accepted_by = person where id = invitation.id;

  -- Whoever asked to join and was invited meanwhile waits no more.
  update public.join_requests set decision = 'approved', decided_at = now()
  where email = invitation.email and organization_id = invitation.organization_id and decided_at is null;

  -- Whoever signs up by it is nobody yet to the request that makes them: the log names them all the same.
  perform private.write_audit('invitations.accept', invitation.organization_id, 'invitation', invitation.id::text,
    null, jsonb_build_object('person', person, 'role', invitation.role), 'done', null, person);
end;
$$;

/*
 * What the holder of a token is shown before they decide, for the edge
 * function. Twenty wrong tokens an hour from one network, then no answer to
 * anything from there: guesses alone count, so an office may accept together.
 * A wrong one is answered and not raised, or it would not be counted.
 */
create function public.read_invitation(token text, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  subject text := encode(sha256(convert_to(network, 'utf8')), 'hex');
  secret private.invitation_secrets;
  kept public.invitations;
  taken jsonb;
begin
  if private.rate_left('invitations.guess', subject, 20, 3600) = 0 then
    perform private.refuse_until_next_window(3600);
  end if;

  select * into secret from private.invitation_secrets where token_hash = private.token_hash(token);
  if secret.token_hash is null then
    taken := public.take_rate_limit('invitations.guess', subject, 20, 3600);
    if not (taken ->> 'allowed')::boolean then
      perform private.refuse_for((taken ->> 'retry_after')::int);
    end if;
    return jsonb_build_object('fault', 'invitation_unknown');
  end if;

  select * into kept from public.invitations where id = secret.invitation_id;
  return jsonb_build_object(
    'fault', private.invitation_fault(kept, secret.sending),
    'email', kept.email,
    'name', kept.name,
    'role', kept.role,
    'locale', kept.locale,
    'message', kept.message,
    'expires_at', kept.expires_at,
    'organization', (select name from public.organizations where id = kept.organization_id),
    'inviter', (
      select jsonb_build_object('first_name', first_name, 'last_name', last_name,
        'first_name_ar', first_name_ar, 'last_name_ar', last_name_ar)
      from public.profiles where id = kept.invited_by),
    'has_account', exists (
      select from auth.users
      where users.email = kept.email and not is_sso_user and email_confirmed_at is not null));
end;
$$;
comment on function public.read_invitation is
  'What a token opens, and what stands in the way as `fault`. Counts wrong ones by network. For functions/accept-invitation.';
grant execute on function public.read_invitation to service_role;

/*
 * For somebody who has an account and belongs to no company: they are let in
 * as they are. A wrong token is remembered, so that guesses count.
 */
create function public.accept_invitation(token text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  me public.profiles;
  home uuid;
  invitation public.invitations;
begin
  perform private.require_session();
  perform private.limit_rate('invitations.accept', auth.uid()::text, 20, 3600);
  if not exists (select from private.invitation_secrets where token_hash = private.token_hash(token)) then
    return private.deny(404, 'invitation_unknown', private.invitation_sentence('invitation_unknown'),
      'invitations.accept', null, null, null);
  end if;

  invitation := private.take_invitation(token, (select email from auth.users where id = auth.uid()));
  select * into me from public.profiles where id = auth.uid() for update;
  home := (select organization_id from public.memberships where user_id = me.id);
  if home = invitation.organization_id then
    perform private.refuse(409, 'already_member', 'You are a member of this company already.');
  elsif home is not null then
    perform private.refuse(409, 'belongs_to_another', 'You belong to another company. Leave it first.');
  elsif me.status is distinct from 'active' then
    perform private.refuse(403, 'not_active', 'This account may not act here at present.');
  end if;

  perform private.join_by(invitation, me.id);
  return jsonb_build_object('organization_id', invitation.organization_id, 'role', invitation.role);
end;
$$;
comment on function public.accept_invitation is
  'Takes an invitation up for the caller, who belongs to no company. {organization_id, role}.';
grant execute on function public.accept_invitation to authenticated;
