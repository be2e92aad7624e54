/*
 * Notifications, tables — what a person is told, how, and when.
 *
 * A notice is about one thread (a topic, say) and one kind; while it is unread,
 * what happens there joins it instead of making another: "5 new replies in …".
 * It keeps ids alone. Names and titles are looked up when it is read, under its
 * reader's rights of that moment, so that nothing leaks later.
 */

-- Tables ------------------------------------------------------------------

create type public.notification_kind as enum (
  'reply', 'mention', 'quote', 'best_answer', 'watched_topic', 'moderation', 'nudge');
create type public.mail_pace as enum ('at_once', 'daily', 'weekly', 'none');

create table public.notifications (
  id          uuid primary key default gen_random_uuid(),
  user_id     uuid not null references public.profiles on delete cascade,
  kind        public.notification_kind not null,
  thread      text not null
    constraint thread_names_a_row check (thread ~ '^[a-z_]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  in_app      boolean not null default true,
  event_count int not null default 1 check (event_count > 0),
  created_at  timestamptz not null default clock_timestamp(),
  newest_at   timestamptz not null default clock_timestamp(),
  read_at     timestamptz
);
comment on table public.notifications is
  'What a person is told. `thread` is what it is about, `<table>:<id>`; `event_count` how often it happened; one that is not `in_app` is there for a mail alone.';

-- Is there an unread one that this joins? How many are unread?
create unique index one_unread_notice_a_thread on public.notifications (user_id, kind, thread) where read_at is null;
-- What was this person told, newest first?
create index on public.notifications (user_id, newest_at desc, id desc);

create table private.notification_mails (
  id              uuid primary key default gen_random_uuid(),
  user_id         uuid not null references public.profiles on delete cascade,
  pace            public.mail_pace not null check (pace <> 'none'),
  notification_id uuid references public.notifications on delete set null,
  thread          text,
  slot            timestamptz,
  due_at          timestamptz not null default now(),
  closed_at       timestamptz,
  sent_at         timestamptz,
  constraint at_once_about_one_thread check ((pace = 'at_once') = (thread is not null)),
  constraint digests_are_about_no_notice check (pace = 'at_once' or notification_id is null),
  constraint digests_have_a_slot check ((pace = 'at_once') = (slot is null)),
  -- A person's digest of one hour goes once.
  unique (user_id, pace, slot)
);
comment on table private.notification_mails is
  'A mail that is owed: about one notice of a `thread`, or the digest of an hour (`slot`). What happened joins it until it is closed, which is when it is written. It outlives a notice that was taken back.';

-- Which mail does what happens now join?
create unique index one_open_mail_a_notice on private.notification_mails (notification_id) where closed_at is null;
create index on private.notification_mails (notification_id);
-- When was this person last mailed about this thread?
create index on private.notification_mails (user_id, thread, sent_at desc) where thread is not null;

create table public.notification_events (
  notification_id uuid not null references public.notifications on delete cascade,
  item_id         uuid not null,
  user_id         uuid not null references public.profiles on delete cascade,
  actor_id        uuid references public.profiles on delete set null,
  place           int not null default 0,
  created_at      timestamptz not null default clock_timestamp(),
  mail_id         uuid references private.notification_mails on delete set null,
  primary key (notification_id, item_id)
);
comment on table public.notification_events is
  'What happened, one by one: `item_id` is the row that tells it (a post), `place` where that stands in its thread; `mail_id` the mail that says it.';

-- What was told because of this row?
create index on public.notification_events (item_id);
create index on public.notification_events (user_id);
create index on public.notification_events (actor_id);
-- What does this mail say?
create index on public.notification_events (mail_id);
-- What has no mail said yet?
create index on public.notification_events (created_at) where mail_id is null;

create table public.notification_preferences (
  user_id uuid not null references public.profiles on delete cascade,
  kind    public.notification_kind not null,
  in_app  boolean not null,
  email   public.mail_pace not null,
  primary key (user_id, kind)
);
comment on table public.notification_preferences is
  'How a person wants to be told of a kind. No row: as usual (private.usual_mail_pace).';

create table public.digest_times (
  user_id uuid primary key references public.profiles on delete cascade,
  hour    int not null check (hour between 0 and 23),
  weekday int not null check (weekday between 0 and 6)
);
comment on table public.digest_times is
  'When a person''s digests go, by the clock of their time zone; 0 is Sunday. No row: at eight, the weekly one on Sunday.';

create table private.unsubscribe_tokens (
  token_hash bytea primary key constraint hash_is_sha256 check (length(token_hash) = 32),
  user_id    uuid not null references public.profiles on delete cascade,
  kinds      public.notification_kind[] not null check (cardinality(kinds) > 0),
  made_at    timestamptz not null default now()
);
comment on table private.unsubscribe_tokens is
  'Hashes of what stands in the links that end mails of these kinds, without signing in.';

create index on private.unsubscribe_tokens (user_id);

-- Who may -----------------------------------------------------------------

alter table public.notifications enable row level security;
grant select on public.notifications to authenticated;

create policy select_own on public.notifications
  for select to authenticated
  using (user_id = (select auth.uid()) and in_app and (select private.my_organization()) is not null);

alter table public.notification_events enable row level security;
grant select (notification_id, item_id, user_id, actor_id, place, created_at)
  on public.notification_events to authenticated;

create policy select_own on public.notification_events
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.notification_preferences enable row level security;
grant select on public.notification_preferences to authenticated;

create policy select_own on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.digest_times enable row level security;
grant select on public.digest_times to authenticated;

create policy select_own on public.digest_times
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);
