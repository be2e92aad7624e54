/*
 * Forum, tables — categories, topics, posts, and who may read them.
 *
 * A topic belongs to its author's organization and is open to the community or
 * to that organization alone. Nobody writes a row here: the functions of
 * 4_writing.sql do.
 */

-- Tables ------------------------------------------------------------------

create type public.visibility as enum ('community', 'organization');

create table public.categories (
  id             uuid primary key default gen_random_uuid(),
  slug           text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
  name_en        text not null check (private.is_name(name_en, 80)),
  name_ar        text not null check (private.is_name(name_ar, 80)),
  description_en text not null default '' check (length(description_en) <= 300),
  description_ar text not null default '' check (length(description_ar) <= 300),
  icon           text not null default 'messages' check (icon ~ '^[a-z0-9-]{1,40}$'),
  color          text not null default 'teal' check (color ~ '^[a-z]{1,20}$'),
  position       int not null default 0,
  topic_count    int not null default 0 check (topic_count >= 0),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now()
);
comment on table public.categories is
  'The shelves of the forum. `icon` is a Tabler icon''s name; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.categories
  for each row execute function private.touch();

create table public.topics (
  id              uuid primary key default gen_random_uuid(),
  category_id     uuid not null references public.categories on delete restrict,
  organization_id uuid not null references public.organizations on delete restrict,
  author_id       uuid references public.profiles on delete set null,
  visibility      public.visibility not null,
  title           text not null constraint title_is_a_name check (length(title) >= 4 and private.is_name(title, 160)),
  reply_count     int not null default 0 check (reply_count >= 0),
  last_number     int not null default 0,
  last_post_at    timestamptz not null default now(),
  last_author_id  uuid references public.profiles on delete set null,
  pinned_at       timestamptz,
  is_pinned       boolean not null generated always as (pinned_at is not null) stored,
  locked_at       timestamptz,
  deleted_at      timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  -- What its posts copy, and must copy truly.
  unique (id, visibility, organization_id)
);
comment on table public.topics is
  'A conversation. `last_number` is the number of its newest post, deleted ones included.';

-- What is going on, in all of the forum or in one category?
create index on public.topics (is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
create index on public.topics (category_id, is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
-- What does a company, a category, a person have here?
create index on public.topics (organization_id);
-- How many topics of its own does a company keep in each category?
create index on public.topics (organization_id, category_id) where visibility = 'organization' and deleted_at is null;
create index on public.topics (category_id);
create index on public.topics (author_id);
create index on public.topics (last_author_id);

create trigger before_update_touch before update on public.topics
  for each row execute function private.touch();

create table public.posts (
  id              uuid primary key default gen_random_uuid(),
  topic_id        uuid not null,
  number          int not null check (number > 0),
  parent_id       uuid,
  author_id       uuid references public.profiles on delete set null,
  author_organization_id uuid references public.organizations on delete set null,
  visibility      public.visibility not null,
  organization_id uuid not null,
  body            jsonb constraint body_is_a_document check (body is null or private.is_document(body)),
  body_text       text generated always as (private.document_text(body)) stored,
  created_at      timestamptz not null default now(),
  edited_at       timestamptz,
  deleted_at      timestamptz,
  unique (topic_id, number),
  unique (topic_id, id),
  constraint deleted_posts_have_no_body check ((deleted_at is null) = (body is not null)),
  constraint opening_posts_answer_nothing check (number > 1 or parent_id is null),
  -- Readers are the topic's readers: the copies follow it, so that a policy reads one row.
  foreign key (topic_id, visibility, organization_id)
    references public.topics (id, visibility, organization_id) on update cascade on delete cascade,
  constraint answers_stay_in_their_topic foreign key (topic_id, parent_id)
    references public.posts (topic_id, id) on delete cascade
);
comment on table public.posts is
  'What people write. Number 1 opens the topic; `parent_id` is the post another one answers, null for the opening; `author_organization_id` whom its author wrote for, wherever they are now.';

-- What answers this post?
create index on public.posts (topic_id, parent_id);
-- Which posts go with a change of the topic's readers?
create index on public.posts (topic_id, visibility, organization_id);
-- What has a person written?
create index on public.posts (author_id);
-- What have the people of a company written?
create index on public.posts (author_organization_id);

create table private.deleted_posts (
  post_id    uuid primary key references public.posts on delete cascade,
  body       jsonb not null,
  deleted_by uuid references public.profiles on delete set null,
  deleted_at timestamptz not null default now()
);
comment on table private.deleted_posts is
  'What a deleted post said, out of readers'' sight.';

-- What has this person deleted?
create index on private.deleted_posts (deleted_by);

-- Who may -----------------------------------------------------------------

alter table public.categories enable row level security;
grant select on public.categories to authenticated;

create policy select_active on public.categories
  for select to authenticated
  using ((select private.my_organization()) is not null);

alter table public.topics enable row level security;
grant select on public.topics to authenticated;

create policy select_reader on public.topics
  for select to authenticated
  using (deleted_at is null and (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null)));

alter table public.posts enable row level security;
grant select on public.posts to authenticated;

create policy select_reader on public.posts
  for select to authenticated
  using (
    organization_id = (select private.my_organization())
    or (visibility = 'community' and (select private.my_organization()) is not null));
