/*
 * Signing up — how a person and an organization begin.
 *
 * Signing up makes an organization and its admin in one transaction, both
 * pending; they become active together when the address is verified. The
 * metadata a client sends is hostile until `private.signup_fault()` has read
 * it, whichever way it came: the edge function, Auth directly, or the admin API.
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

-- The first thing wrong with a signup, as an error code; null where nothing is.
create function private.signup_fault(email text, metadata jsonb) returns text
language sql stable set search_path = ''
as $$
  select case
    when email is null or length(email) > 254 or email !~
      '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$'
      then 'email_invalid'
    when not private.has_name(metadata, 'first_name', 80) then 'first_name_invalid'
    when not private.has_name(metadata, 'last_name', 80) then 'last_name_invalid'
    when not private.has_name(metadata, 'organization_name', 120) then 'organization_name_invalid'
    when coalesce(metadata ->> 'locale', '') not in ('ar', 'en') then 'locale_invalid'
    when exists (
      select from public.organizations
      where domain = private.claimable_domain(email)
        and (status <> 'pending' or created_at > now() - private.stale_claim()))
      then 'domain_taken'
  end
$$;

create function private.signup_sentence(code text) returns text
language sql immutable set search_path = ''
as $$
  select case code
    when 'email_invalid' then 'This is not an e-mail address.'
    when 'first_name_invalid' then 'A first name has 1 to 80 characters.'
    when 'last_name_invalid' then 'A last name has 1 to 80 characters.'
    when 'organization_name_invalid' then 'An organization''s name has 1 to 120 characters.'
    when 'locale_invalid' then 'The language is ar or en.'
    when 'domain_taken' then 'Your company is here already: ask its admin to invite you.'
  end
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
 * can ask for one. Says whether the way is free.
 */
create function public.forget_unverified_signup(email text) returns boolean
language sql security definer set search_path = ''
as $$
  with forgotten as (
    delete from auth.users
    where users.email = lower(forget_unverified_signup.email)
      and users.email_confirmed_at is null
      and users.invited_at is null
      and users.created_at < now() - interval '1 minute'
    returning 1)
  select exists (select from forgotten)
$$;
comment on function public.forget_unverified_signup is
  'Removes the signup of an address that was never verified, unless it has just begun. For functions/signup.';
grant execute on function public.forget_unverified_signup to service_role;

/*
 * Auth asks before it creates a person (config.toml, auth.hook), so that those
 * who call Auth directly get the same refusals, with a status of their own.
 */
create function private.before_user_created(event jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select case
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
 * can put nothing else into its token or into our mails.
 *
 * Security definer, as the ones below: Auth's own role has no rights here.
 */
create function private.users_clean() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  select coalesce(jsonb_object_agg(key, value), '{}') into new.raw_user_meta_data
  from jsonb_each(new.raw_user_meta_data)
  where key in ('first_name', 'last_name', 'organization_name', 'locale', 'request_id',
                'sub', 'email', 'email_verified', 'phone_verified')
    and length(value::text) <= 300;
  return new;
end;
$$;

create trigger before_write_clean before insert or update of raw_user_meta_data on auth.users
  for each row execute function private.users_clean();

create function private.users_found() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  fault text := private.signup_fault(new.email, new.raw_user_meta_data);
  organization uuid;
begin
  if fault is not null then
    perform private.refuse(case fault when 'domain_taken' then 409 else 422 end,
      fault, private.signup_sentence(fault));
  end if;

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

  insert into public.profiles (id, first_name, last_name, locale)
  values (
    new.id,
    new.raw_user_meta_data ->> 'first_name',
    new.raw_user_meta_data ->> 'last_name',
    (new.raw_user_meta_data ->> 'locale')::public.locale);

  insert into public.memberships (user_id, organization_id, role)
  values (new.id, organization, 'admin');

  return new;
exception when unique_violation then
  -- Two at the same moment: the check above saw neither.
  perform private.refuse(409, 'domain_taken', private.signup_sentence('domain_taken'));
end;
$$;

create trigger after_insert_found after insert on auth.users
  for each row execute function private.users_found();

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

-- Triggers fire in the order of their names: found, then settle.
create trigger after_insert_settle after insert on auth.users
  for each row when (new.email_confirmed_at is not null)
  execute function private.users_settle();

create trigger after_update_settle after update of email_confirmed_at on auth.users
  for each row when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
  execute function private.users_settle();
