/*
 * Moderation, tables — reports, the cases made of them, words looked out for, and
 * posts that wait.
 *
 * A case is about one post, and one is open about a post at a time: whatever is
 * reported meanwhile joins it. Who reported is told to nobody, not to moderators
 * either: a case is judged by the post. What waits is no post yet: the forum knows
 * nothing of it.
 */

-- Tables ------------------------------------------------------------------

create type public.report_reason as enum ('spam', 'offensive', 'personal_data', 'confidential', 'wrong', 'other');
create type public.case_state as enum ('open', 'decided', 'appealed', 'closed');
create type public.case_decision as enum ('keep', 'hide', 'delete', 'warn', 'suspend');
create type public.review_outcome as enum ('upheld', 'overturned');
create type public.watch_kind as enum ('word', 'link');
create type public.watch_action as enum ('report', 'refuse');
create type public.held_state as enum ('waiting', 'accepted', 'refused');

create table private.cases (
  id          uuid primary key default gen_random_uuid(),
  post_id     uuid references public.posts on delete set null,
  author_id   uuid references public.profiles on delete set null,
  state       public.case_state not null default 'open',
  revision    int not null default 1,
  found       text[] not null default '{}',
  opened_at   timestamptz not null default clock_timestamp(),
  moved_at    timestamptz not null default clock_timestamp(),
  decision    public.case_decision,
  note        text check (length(note) between 10 and 500),
  until       timestamptz,
  took_post   boolean not null default false,
  decided_by  uuid references public.profiles on delete set null,
  decided_at  timestamptz,
  appeal      text constraint appeal_is_prose check (private.is_prose(appeal, 2000)),
  outcome     public.review_outcome,
  review_note text check (length(review_note) between 10 and 500),
  reviewed_by uuid references public.profiles on delete set null,
  reviewed_at timestamptz,
  constraint open_cases_are_undecided check ((state = 'open') = (decision is null) and (decision is null) = (decided_at is null)),
  constraint what_is_done_has_a_reason check (decision is null or (decision = 'keep') = (note is null)),
  constraint suspensions_end check (coalesce(decision = 'suspend', false) = (until is not null)),
  constraint closed_cases_were_reviewed check ((state = 'closed') = (outcome is not null))
);
comment on table private.cases is
  'A post that moderators are to look at, and what they decided. `author_id` is who is judged; `found` the watched words that were in it; `revision` rises when there is more to see; `moved_at` is when it came into its state; `took_post` says that the decision took the post out of sight, so that overturning brings it back. A person''s record is their cases.';

-- Is there an open case that a report joins?
create unique index one_open_case_a_post on private.cases (post_id) where state = 'open';
-- What waits, longest first? What was done, newest first?
create index on private.cases (state, moved_at, id);
create index on private.cases (moved_at desc, id desc) where state in ('decided', 'closed');
create index on private.cases (post_id);
-- What is this person's record, and may they write?
create index on private.cases (author_id, decided_at desc);
create index on private.cases (decided_by);
create index on private.cases (reviewed_by);

create table public.reports (
  id          uuid primary key default gen_random_uuid(),
  case_id     uuid not null references private.cases on delete cascade,
  post_id     uuid not null references public.posts on delete cascade,
  reporter_id uuid not null references public.profiles on delete cascade,
  reason      public.report_reason not null,
  note        text constraint note_is_prose check (private.is_prose(note, 500)),
  created_at  timestamptz not null default clock_timestamp(),
  closed_at   timestamptz
);
comment on table public.reports is
  'What people think moderators should see. Closed with the case it is of.';

-- Has this person reported this post already?
create unique index one_open_report_a_person_and_post on public.reports (reporter_id, post_id) where closed_at is null;
create index on public.reports (reporter_id);
create index on public.reports (post_id);
-- What was said about this case?
create index on public.reports (case_id, created_at);

-- A text as a line of its words, each between spaces, so that a word is found whole and never within another.
create function private.word_line(text text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return ' ' || btrim(regexp_replace(private.fold(text), '[^[:alnum:]]+', ' ', 'g')) || ' ';
end;
$$;

create table public.watched_words (
  id         uuid primary key default gen_random_uuid(),
  word       text not null constraint word_is_a_name check (private.is_name(word, 100)),
  kind       public.watch_kind not null,
  action     public.watch_action not null,
  line       text not null generated always as (private.word_line(word)) stored
    constraint words_have_letters check (length(line) > 2),
  created_at timestamptz not null default now(),
  unique (kind, line)
);
comment on table public.watched_words is
  'Words, and hosts of links, that posts are looked through for: `report` makes a case of the post, `refuse` does not take it. For a link `word` is its host, and those below it count too.';

create table public.posting_rules (
  is_only          boolean primary key default true constraint there_is_one check (is_only),
  held_first_posts int not null check (held_first_posts between 0 and 10)
);
comment on table public.posting_rules is
  'How many of a person''s first posts for the community wait for a moderator. No row: none.';

create table private.held_posts (
  id          uuid primary key,
  author_id   uuid not null references public.profiles on delete cascade,
  opens_topic boolean not null,
  category_id uuid references public.categories on delete set null,
  topic_id    uuid references public.topics on delete set null,
  input       jsonb,
  state       public.held_state not null default 'waiting',
  note        text check (length(note) between 10 and 500),
  created_at  timestamptz not null default clock_timestamp(),
  decided_by  uuid references public.profiles on delete set null,
  decided_at  timestamptz,
  constraint topics_have_a_category_replies_a_topic check (case when opens_topic then topic_id else category_id end is null),
  constraint what_is_published_is_not_kept_twice check ((state = 'accepted') = (input is null)),
  constraint waiting_posts_are_undecided check ((state = 'waiting') = (decided_at is null)),
  constraint refusals_have_a_reason check ((state = 'refused') = (note is not null))
);
comment on table private.held_posts is
  'What was written and waits for a moderator, or was refused. `id` is that of the topic or reply it becomes; `input` is {title, tags, template_answers, body} of a topic, {parent, body} of a reply.';

-- What waits, longest first? How much of one person's?
create index on private.held_posts (created_at, id) where state = 'waiting';
create index on private.held_posts (author_id, created_at desc);
create index on private.held_posts (category_id);
create index on private.held_posts (topic_id);
create index on private.held_posts (decided_by);

-- Who may -----------------------------------------------------------------

alter table public.reports enable row level security;
grant select on public.reports to authenticated;

create policy select_own on public.reports
  for select to authenticated
  using (reporter_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.watched_words enable row level security;
grant select on public.watched_words to authenticated;

create policy select_platform_admin on public.watched_words
  for select to authenticated
  using ((select private.my_platform_role()) = 'admin');

alter table public.posting_rules enable row level security;
grant select on public.posting_rules to authenticated;

create policy select_platform_admin on public.posting_rules
  for select to authenticated
  using ((select private.my_platform_role()) = 'admin');

/*
 * Null for whoever looks after the content; for anybody else the refusal, which is
 * remembered. Whether there is such a case is not said to them.
 */
create function private.case_refusal(action text, id uuid, kind text default 'case') returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is not null then
    return null;
  end if;
  return private.deny(403, 'not_allowed', 'This is for moderators.', action, null, kind, id::text);
end;
$$;

-- The same for reading.
create function private.require_moderator() returns void
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_organization();
  if private.my_platform_role() is null then
    perform private.refuse(403, 'not_allowed', 'This is for moderators.');
  end if;
end;
$$;
