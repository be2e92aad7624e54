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
language sql immutable set search_path = ''
as $$
  select text ~ '[^[:space:][:cntrl:]\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0]'
$$;
-- Whoever updates a row is asked by its constraints.
grant execute on function private.is_visible to authenticated;

-- A text that people read as a name: something to see, no space at its edges, no
-- control characters, nothing that turns the direction of the text around it.
create function private.is_name(text text, longest int) returns boolean
language sql immutable set search_path = ''
as $$
  select length(text) between 1 and longest and private.is_visible(text) and text = btrim(text) and text !~ '[[:cntrl:]\u202A-\u202E\u2066-\u2069]'
$$;
grant execute on function private.is_name to authenticated;

create table public.profiles (
  id         uuid primary key references auth.users on delete cascade,
  first_name text not null constraint first_name_is_a_name check (private.is_name(first_name, 80)),
  last_name  text not null constraint last_name_is_a_name check (private.is_name(last_name, 80)),
  job_title  text constraint job_title_is_a_name check (private.is_name(job_title, 120)),
  locale     public.locale not null default 'ar',
  status     public.person_status not null default 'pending',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.profiles is
  'What others see of a person. `pending` until the address is verified.';

create trigger before_update_touch before update on public.profiles
  for each row execute function private.touch();

create type public.platform_role as enum ('moderator', 'admin');

create table public.platform_roles (
  user_id    uuid primary key references public.profiles on delete cascade,
  role       public.platform_role not null,
  created_at timestamptz not null default now()
);
comment on table public.platform_roles is
  'The few who look after the whole place. Given in Studio, never by a client.';

-- Who may -----------------------------------------------------------------

-- Who may read a profile depends on companies: the policy stands in 11.
alter table public.profiles enable row level security;
grant select on public.profiles to authenticated;
grant update (first_name, last_name, job_title, locale) on public.profiles to authenticated;

alter table public.platform_roles enable row level security;
grant select on public.platform_roles to authenticated;

create policy select_self on public.platform_roles
  for select to authenticated
  using (user_id = (select auth.uid()));
