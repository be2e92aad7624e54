/*
 * Identity — who a person is.
 *
 * Auth keeps the address and the password; the profile is what others see. An
 * e-mail address is never here. A person acts only while active: what "active"
 * takes is said in 11_organizations, since the company has a say in it.
 */

-- Tables ------------------------------------------------------------------

create type public.person_status as enum ('pending', 'active', 'deactivated');
create type public.locale as enum ('ar', 'en');

-- Whether a text shows anything: spaces of all kinds, joiners and fillers do not.
create function private.is_visible(text text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return text ~ '[^[:space:][:cntrl:]\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]';
end;
$$;
-- Whoever updates a row is asked by its constraints.
grant execute on function private.is_visible to authenticated;

-- A text that people read as a name: something to see, no space at its edges, no
-- control characters, nothing that turns the direction of the text around it.
create function private.is_name(text text, longest int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return length(text) between 1 and longest and private.is_visible(text) and text = btrim(text) and text !~ '[[:cntrl:]\u202A-\u202E\u2066-\u2069]';
end;
$$;
grant execute on function private.is_name to authenticated;

-- The same name in Arabic letters; what was written at signup may be in either script.
create function private.is_arabic_name(text text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select private.is_name(text, longest) and text ~ '^[\u0600-\u06FF\u0750-\u077F [:punct:]]+$'
$$;
grant execute on function private.is_arabic_name to authenticated;

-- Whether a text is an e-mail address in ASCII, as the contracts have it: no quotes, a host of two labels or more.
create function private.is_email(text text) returns boolean
language sql immutable set search_path = ''
as $$
  select length(text) <= 254 and text ~
    '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$'
$$;

-- A text of one or more lines: something to see, and nothing that hides or turns what stands around it.
create function private.is_prose(text text, longest int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return length(text) between 1 and longest and private.is_visible(text) and text = btrim(text, E' \n')
    and text !~ '[\u0001-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]';
end;
$$;
grant execute on function private.is_prose to authenticated;

-- Whether Postgres knows a time zone by this name (https://www.iana.org/time-zones).
create function private.is_time_zone(name text) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  perform timestamptz '2026-01-01 00:00Z' at time zone name;
  return name ~ '^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$';
exception when invalid_parameter_value then
  return false;
end;
$$;
grant execute on function private.is_time_zone to authenticated;

create table public.profiles (
  id         uuid primary key references auth.users on delete cascade,
  first_name text not null constraint first_name_is_a_name check (private.is_name(first_name, 80)),
  last_name  text not null constraint last_name_is_a_name check (private.is_name(last_name, 80)),
  first_name_ar text constraint first_name_ar_is_an_arabic_name check (private.is_arabic_name(first_name_ar, 80)),
  last_name_ar  text constraint last_name_ar_is_an_arabic_name check (private.is_arabic_name(last_name_ar, 80)),
  job_title  text constraint job_title_is_a_name check (private.is_name(job_title, 120)),
  locale     public.locale not null default 'ar',
  time_zone  text not null default 'Asia/Riyadh' constraint time_zone_is_known check (private.is_time_zone(time_zone)),
  avatar     jsonb,
  status     public.person_status not null default 'pending',
  name_folded text not null generated always as (
    private.fold(first_name || ' ' || last_name || ' ' || coalesce(first_name_ar || ' ' || last_name_ar, ''))) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.profiles is
  'What others see of a person. `pending` until the address is verified; `avatar` is the ready picture, as 20_media writes it.';

-- Who is called like this, in either script?
create index on public.profiles using gin (name_folded extensions.gin_trgm_ops);

create trigger before_update_touch before update on public.profiles
  for each row execute function private.touch();

create type public.platform_role as enum ('moderator', 'admin');

create table public.platform_roles (
  user_id    uuid primary key references public.profiles on delete cascade,
  role       public.platform_role not null,
  created_at timestamptz not null default now()
);
comment on table public.platform_roles is
  'The few who look after the whole place. Given in Studio or by a platform admin (21_administration).';

-- Who may -----------------------------------------------------------------

-- Who may read a profile depends on companies: the policy stands in 11.
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
grant update (first_name, last_name, first_name_ar, last_name_ar, job_title, locale, time_zone)
  on public.profiles to authenticated;

alter table public.platform_roles enable row level security;
grant select on public.platform_roles to authenticated;

create policy select_self on public.platform_roles
  for select to authenticated
  using (user_id = (select auth.uid()));

/*
 * The session the caller's token belongs to, or null where it was ended or its
 * time is up. A token lives on for up to an hour after its session; what one may
 * do does not. Whoever has a second factor may not have confirmed it here yet: what
 * a password alone opens is one's own name and the way to the factor, nothing else.
 *
 * Security definer: clients have no rights on Auth's tables.
 */
create function private.my_begun_session() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select sessions.id from auth.sessions
    where sessions.id = (auth.jwt() ->> 'session_id')::uuid
      and sessions.user_id = auth.uid()
      and (sessions.not_after is null or sessions.not_after > now()));
exception when invalid_text_representation then
  return null;
end;
$$;
grant execute on function private.my_begun_session to authenticated;

/*
 * The same, with all the proof it takes: null until the second factor is confirmed
 * in this very session, where there is one. This is what policies and functions ask.
 */
create function private.my_session() returns uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select sessions.id from auth.sessions
    where sessions.id = (auth.jwt() ->> 'session_id')::uuid
      and sessions.user_id = auth.uid()
      and (sessions.not_after is null or sessions.not_after > now())
      and (sessions.aal = 'aal2' or not exists (
        select from auth.mfa_factors where mfa_factors.user_id = sessions.user_id and mfa_factors.status = 'verified')));
exception when invalid_text_representation then
  return null;
end;
$$;
grant execute on function private.my_session to authenticated;

-- The same for functions, which owe their caller an answer.
create function private.require_session() returns uuid
language plpgsql stable set search_path = ''
as $$
declare
  session uuid := private.my_session();
begin
  if session is null then
    if auth.uid() is null then
      perform private.refuse(401, 'not_signed_in', 'Sign in first.');
    elsif private.my_begun_session() is not null then
      perform private.refuse(403, 'second_factor_required', 'Confirm your second factor first.');
    end if;
    perform private.refuse(401, 'session_ended', 'This session has ended. Sign in again.');
  end if;
  return session;
end;
$$;
grant execute on function private.require_session to authenticated;
