/*
 * Signing up — how a person begins, and an organization with the first of them.
 *
 * Whoever comes without an invitation founds: an organization and its admin in
 * one transaction, both pending until the address is verified. Whoever brings
 * an invitation's token joins: what they are and where is read from the
 * invitation. The metadata a client sends is hostile until it has been read
 * here, whichever way it came: an edge function, Auth directly, or the admin API.
 */

-- What is wrong with it -------------------------------------------------------

/*
 * A claim holds for as long as the link in the verification mail: after that
 * hour the domain is free again, or anybody could keep a company out of its own
 * name by signing up with an address they cannot read.
 */
create function private.stale_claim() returns interval
language sql immutable set search_path = ''
as $$ select interval '1 hour' $$;

-- Whether a key of the metadata holds a name: text, not a number or an object that reads like one.
create function private.has_name(metadata jsonb, key text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(
    jsonb_typeof(metadata -> key) = 'string' and private.is_name(metadata ->> key, longest), false)
$$;

-- The same for a name that may be left out, and is in Arabic letters where it is not.
create function private.may_have_arabic_name(metadata jsonb, key text) returns boolean
language sql immutable set search_path = ''
as $$
  select case coalesce(jsonb_typeof(metadata -> key), 'null')
    when 'null' then true
    when 'string' then private.is_arabic_name(metadata ->> key, 80)
    else false
  end
$$;

-- The first thing wrong with what somebody says of themselves, as an error code; null where nothing is.
create function private.person_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when not coalesce(private.is_email(email), false) then 'email_invalid'
    when not private.has_name(metadata, 'first_name', 80) then 'first_name_invalid'
    when not private.has_name(metadata, 'last_name', 80) then 'last_name_invalid'
    when not (private.may_have_arabic_name(metadata, 'first_name_ar') and private.may_have_arabic_name(metadata, 'last_name_ar'))
      then 'arabic_name_invalid'
    when coalesce(metadata ->> 'locale', '') not in ('ar', 'en') then 'locale_invalid'
  end
$$;

-- The same for a signup, which founds an organization.
create function private.signup_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select coalesce(private.person_fault(email, metadata), case
    when not private.has_name(metadata, 'organization_name', 120) then 'organization_name_invalid'
    when exists (
      select from public.organizations
      where domain = private.claimable_domain(email)
        and (status <> 'pending' or created_at > now() - private.stale_claim()))
      then 'domain_taken'
  end)
$$;

create function private.signup_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'email_invalid' then 'This is not an e-mail address.'
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'arabic_name_invalid' then 'A name in Arabic has Arabic letters, 1 to 80.'
    when 'organization_name_invalid' then 'An organization''s name has 1 to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'domain_taken' then 'Your company is here already: ask its admin to invite you.'
  end
$$;

create function private.refuse_signup(fault text) returns void
language sql set search_path = ''
as $$
  select private.refuse(case fault when 'domain_taken' then 409 else 422 end, fault, private.signup_sentence(fault))
  where fault is not null
$$;

/*
 * For the edge function, which may know more than a stranger: whether this very
 * address has signed up before. `awaiting_verification`: it has, and never
 * followed the link. `account_exists`: it has and is verified; the answer must then be
 * the same as for a new one, or the form would tell who has an account.
 */
create function public.signup_fault(email text, metadata jsonb) returns text
language sql stable security definer set search_path = ''
as $$
  select coalesce(
    (select case
       when users.email_confirmed_at is null then 'awaiting_verification'
       when private.claimable_domain(users.email) is null then 'account_exists'
       else 'domain_taken'
     end
     from auth.users where users.email = lower(signup_fault.email) and not users.is_sso_user),
    private.signup_fault(signup_fault.email, metadata))
$$;
comment on function public.signup_fault is
  'The first thing wrong with a signup as an error code, or null. For functions/signup.';
grant execute on function public.signup_fault to service_role;

/*
 * An address that was never verified belongs to nobody: whoever types it again
 * starts afresh. To send the old signup's mail once more would let its link
 * activate an account whose password somebody else may have chosen. Within a
 * minute of its beginning nothing is forgotten, so that a button pressed twice
 * does not undo itself; the time of the last mail does not count, since anybody
 * can ask for one. Whoever holds the token of an invitation has proven that the
 * mailbox is theirs, and need not wait. Says whether the way is free.
 */
create function public.forget_unverified_signup(email text, token text default null) returns boolean
language sql security definer set search_path = ''
as $$
  with forgotten as (
    delete from auth.users
    where users.email = lower(forget_unverified_signup.email)
      and users.email_confirmed_at is null
      and users.invited_at is null
      and (users.created_at < now() - interval '1 minute' or private.opens_for(token, users.email))
    returning 1)
  select exists (select from forgotten)
$$;
comment on function public.forget_unverified_signup is
  'Removes the signup of an address that was never verified, unless it has just begun or the token of an invitation proves the address. For functions/signup and functions/accept-invitation.';
grant execute on function public.forget_unverified_signup to service_role;

/*
 * Auth asks before it creates a person (config.toml, auth.hook), so that those
 * who call Auth directly get the same refusals, with a status of their own.
 */
create function private.before_user_created(event jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select case
    -- Auth would keep the token among the claims of an identity, where it has no business.
    when event #> '{user,user_metadata}' ? 'invitation_token' then jsonb_build_object('error', jsonb_build_object(
      'http_code', 422, 'message', 'An invitation is accepted on its own page.'))
    when fault is null then '{}'::jsonb
    else jsonb_build_object('error', jsonb_build_object(
      'http_code', case fault when 'domain_taken' then 409 else 422 end,
      'message', private.signup_sentence(fault)))
  end
  from private.signup_fault(event #>> '{user,email}', event #> '{user,user_metadata}') as fault
$$;
grant usage on schema private to supabase_auth_admin;
grant execute on function private.before_user_created to supabase_auth_admin;

-- What follows ----------------------------------------------------------------

/*
 * Keeps of the metadata what is ours and what Auth itself put there; a client
 * can put nothing else into its token or into our mails. A token of an
 * invitation is proven, locked until all is written, and forgotten: what stays
 * is the invitation's id, which only this can write.
 *
 * Security definer, as the ones below: Auth's own role has no rights here.
 */
create function private.users_clean() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  token text := new.raw_user_meta_data ->> 'invitation_token';
begin
  select coalesce(jsonb_object_agg(key, value), '{}') into new.raw_user_meta_data
  from jsonb_each(new.raw_user_meta_data)
  where key in ('first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'organization_name', 'locale',
                'accepted_documents', 'request_id', 'sub', 'email', 'email_verified', 'phone_verified')
    and length(value::text) <= 300;

  if tg_op = 'INSERT' and token is not null then
    new.raw_user_meta_data := new.raw_user_meta_data
      || jsonb_build_object('invitation_id', (private.take_invitation(token, new.email)).id);
  end if;
  return new;
end;
$$;

create trigger before_write_clean before insert or update of raw_user_meta_data on auth.users
  for each row execute function private.users_clean();

-- What a person says of themselves when they begin.
create function private.make_profile(person uuid, metadata jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.profiles (id, first_name, last_name, first_name_ar, last_name_ar, locale)
  values (
    person, metadata ->> 'first_name', metadata ->> 'last_name',
    metadata ->> 'first_name_ar', metadata ->> 'last_name_ar', (metadata ->> 'locale')::public.locale);
  perform private.accept_documents(person, metadata);
end;
$$;

create function private.users_found() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid;
begin
  perform private.refuse_signup(private.signup_fault(new.email, new.raw_user_meta_data));

  -- Whoever claimed the domain and never verified has let it go.
  delete from auth.users
  using public.memberships, public.organizations
  where users.id = memberships.user_id
    and organizations.id = memberships.organization_id
    and organizations.domain = private.claimable_domain(new.email)
    and organizations.status = 'pending'
    and organizations.created_at <= now() - private.stale_claim();

  insert into public.organizations (name, domain)
  values (new.raw_user_meta_data ->> 'organization_name', private.claimable_domain(new.email))
  returning id into organization;

  perform private.make_profile(new.id, new.raw_user_meta_data);
  insert into public.memberships (user_id, organization_id, role)
  values (new.id, organization, 'admin');

  return new;
exception when unique_violation then
  -- Two at the same moment: the check above saw neither.
  perform private.refuse_signup('domain_taken');
end;
$$;

create trigger after_insert_found after insert on auth.users
  for each row when (not new.raw_user_meta_data ? 'invitation_id')
  execute function private.users_found();

create function private.users_join() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  invitation public.invitations;
begin
  perform private.refuse_signup(private.person_fault(new.email, new.raw_user_meta_data));

  select * into invitation from public.invitations
  where id = (new.raw_user_meta_data ->> 'invitation_id')::uuid;
  perform private.make_profile(new.id, new.raw_user_meta_data);
  perform private.join_by(invitation, new.id);
  return new;
end;
$$;

create trigger after_insert_join after insert on auth.users
  for each row when (new.raw_user_meta_data ? 'invitation_id')
  execute function private.users_join();

create function private.users_settle() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.profiles set status = 'active' where id = new.id and status = 'pending';

  update public.organizations set status = 'active'
  where status = 'pending'
    and id = (select organization_id from public.memberships where user_id = new.id);

  perform private.enqueue('identity.send-welcome-mail', jsonb_build_object(
    'userId', new.id,
    'requestId', coalesce(
      private.request_id(),
      substring(new.raw_user_meta_data ->> 'request_id' from '^[A-Za-z0-9_-]{8,64}$'))));
  return new;
end;
$$;

-- Triggers fire in the order of their names: found or join, then settle.
create trigger after_insert_settle after insert on auth.users
  for each row when (new.email_confirmed_at is not null)
  execute function private.users_settle();

create trigger after_update_settle after update of email_confirmed_at on auth.users
  for each row when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
  execute function private.users_settle();
