/*
 * Forum, tables — categories, tags, topics, posts, votes, and who may read them.
 *
 * A topic belongs to its author's organization and is open to the community or
 * to that organization alone. Nobody writes a row here: the functions of the
 * following files do.
 */

-- Tables ------------------------------------------------------------------

create type public.visibility as enum ('community', 'organization');
create type public.category_posting as enum ('members', 'moderators');
create type public.pin_place as enum ('category', 'forum');
create type public.follow_level as enum ('watching', 'following', 'muted');

/*
 * The fields a good question of a category needs: at most eight, each
 * {key, label_en, label_ar, help_en, help_ar, required}. What is asked is shown
 * in the reader's language; what was answered is kept by key.
 */
create function private.is_template(template jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(template) <> 'array' or jsonb_array_length(template) > 8 then false else (
    select coalesce(bool_and(coalesce(
        jsonb_typeof(field) = 'object'
        and field - array['key', 'label_en', 'label_ar', 'help_en', 'help_ar', 'required'] = '{}'
        and field ->> 'key' ~ '^[a-z][a-z0-9_]{0,39}$'
        and private.is_name(field ->> 'label_en', 80) and private.is_name(field ->> 'label_ar', 80)
        and (field ->> 'help_en' = '' or private.is_prose(field ->> 'help_en', 200))
        and (field ->> 'help_ar' = '' or private.is_prose(field ->> 'help_ar', 200))
        and jsonb_typeof(field -> 'required') = 'boolean', false)), true)
      and count(*) = count(distinct field ->> 'key')
    from jsonb_array_elements(template) as field) end
$$;

-- What was written into the fields of a template: texts by key.
create function private.are_template_answers(answers jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return case when jsonb_typeof(answers) <> 'object' then false else (
    select count(*) <= 8 and coalesce(bool_and(
      key ~ '^[a-z][a-z0-9_]{0,39}$' and jsonb_typeof(value) = 'string'
      and coalesce(private.is_prose(value #>> '{}', 2000), false)), true)
    from jsonb_each(answers)) end;
end;
$$;

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
  posting        public.category_posting not null default 'members',
  template       jsonb not null default '[]' constraint template_is_fields check (private.is_template(template)),
  archived_at    timestamptz,
  topic_count    int not null default 0 check (topic_count >= 0),
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now()
);
comment on table public.categories is
  'The shelves of the forum. `icon` is a Tabler icon''s name; `template` the fields of a good question; `posting` who may open topics; an archived one takes none; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.categories
  for each row execute function private.touch();

create table public.tags (
  slug        text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 40),
  name_en     text not null check (private.is_name(name_en, 40)),
  name_ar     text not null check (private.is_name(name_ar, 40)),
  synonyms    text[] not null default '{}'
    constraint synonyms_are_few check (cardinality(synonyms) <= 20 and array_position(synonyms, null) is null),
  retired_at  timestamptz,
  topic_count int not null default 0 check (topic_count >= 0),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
comment on table public.tags is
  'The words topics are sorted by, one vocabulary in both languages. `synonyms` are other spellings one may look for; a retired tag stays on its topics; `topic_count` counts what the whole community can read.';

create trigger before_update_touch before update on public.tags
  for each row execute function private.touch();

create table public.topics (
  id              uuid primary key default gen_random_uuid(),
  category_id     uuid not null references public.categories on delete restrict,
  organization_id uuid not null references public.organizations on delete restrict,
  author_id       uuid references public.profiles on delete set null,
  visibility      public.visibility not null,
  title           text not null constraint title_is_a_name check (length(title) >= 4 and private.is_name(title, 160)),
  tags            text[] not null default '{}'
    constraint tags_are_few check (cardinality(tags) <= 5 and array_position(tags, null) is null),
  template_answers jsonb not null default '{}'
    constraint template_answers_are_texts check (private.are_template_answers(template_answers)),
  reply_count     int not null default 0 check (reply_count >= 0),
  vote_count      int not null default 0 check (vote_count >= 0),
  numbered_to     int not null default 0,
  last_number     int not null default 0,
  last_post_at    timestamptz not null default now(),
  last_author_id  uuid references public.profiles on delete set null,
  answer_id       uuid,
  answered_at     timestamptz,
  trend           double precision not null default 0,
  pinned_in       public.pin_place,
  pinned_at       timestamptz,
  pinned_until    timestamptz,
  is_pinned       boolean not null generated always as (pinned_in is not null) stored,
  is_pinned_everywhere boolean not null generated always as (pinned_in is not null and pinned_in = 'forum') stored,
  locked_at       timestamptz,
  edited_at       timestamptz,
  deleted_at      timestamptz,
  deleted_by      uuid references public.profiles on delete set null,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  -- What its posts copy, and must copy truly.
  unique (id, visibility, organization_id),
  constraint pins_have_a_time check ((pinned_in is null) = (pinned_at is null) and (pinned_until is null or pinned_in is not null))
);
comment on table public.topics is
  'A conversation. `last_number` is the number of its newest post that is not deleted, `numbered_to` of the newest it ever had; `vote_count` that of its opening post; `answer_id` the one best answer (`answered_at` when it was chosen last); `trend` grows with votes and replies and with the time of writing, so that it never fades by itself but newer topics pass it.';

-- What is going on, in all of the forum or in one category?
create index on public.topics (is_pinned_everywhere desc, last_post_at desc, id desc) where deleted_at is null;
create index on public.topics (category_id, is_pinned desc, last_post_at desc, id desc) where deleted_at is null;
-- What does a company, a category, a person have here?
create index on public.topics (organization_id);
-- How many topics of its own does a company keep in each category?
create index on public.topics (organization_id, category_id) where visibility = 'organization' and deleted_at is null;
create index on public.topics (category_id);
create index on public.topics (author_id);
create index on public.topics (last_author_id);
create index on public.topics (deleted_by);
-- What is new, what is valued, what moves, what waits for an answer?
create index on public.topics (created_at desc, id desc) where deleted_at is null;
create index on public.topics (vote_count desc, id desc) where deleted_at is null;
create index on public.topics (trend desc, id desc) where deleted_at is null;
create index on public.topics (last_post_at desc, id desc) where deleted_at is null and answer_id is null;
-- Which topics carry this tag?
create index on public.topics using gin (tags);
-- Whose pin is over?
create index on public.topics (pinned_until) where pinned_until is not null;

create trigger before_update_touch before update on public.topics
  for each row execute function private.touch();

create table public.posts (
  id              uuid primary key default gen_random_uuid(),
  topic_id        uuid not null,
  number          int not null check (number > 0),
  parent_id       uuid,
  depth           int not null default 0 check (depth >= 0),
  path            text collate "C" not null default '',
  author_id       uuid references public.profiles on delete set null,
  author_organization_id uuid references public.organizations on delete set null,
  visibility      public.visibility not null,
  organization_id uuid not null,
  body            jsonb constraint body_is_a_document check (body is null or private.is_document(body)),
  body_text       text generated always as (private.document_text(body)) stored,
  revision        int not null default 1,
  vote_count      int not null default 0 check (vote_count >= 0),
  reply_count     int not null default 0 check (reply_count >= 0),
  branch_count    int not null default 0 check (branch_count >= 0),
  created_at      timestamptz not null default now(),
  edited_at       timestamptz,
  deleted_at      timestamptz,
  hidden_at       timestamptz,
  unique (topic_id, number),
  unique (topic_id, id),
  unique (topic_id, path),
  constraint deleted_posts_have_no_body check ((deleted_at is null) = (body is not null)),
  constraint hidden_posts_are_deleted check (hidden_at is null or deleted_at is not null),
  constraint opening_posts_answer_nothing check (number > 1 or parent_id is null),
  -- Readers are the topic's readers: the copies follow it, so that a policy reads one row.
  foreign key (topic_id, visibility, organization_id)
    references public.topics (id, visibility, organization_id) on update cascade on delete cascade,
  constraint answers_stay_in_their_topic foreign key (topic_id, parent_id)
    references public.posts (topic_id, id) on delete cascade
);
comment on table public.posts is
  'What people write. Number 1 opens the topic; `parent_id` is the post another one answers, null for the opening and what answers it. `path` is the numbers of all posts above it and its own, six hexadecimal digits each: posts sorted by it are in reading order, and a branch is what begins with the path of its first post. `depth` 0 opens, 1 begins a branch; `reply_count` counts living direct answers, `branch_count`, on posts that begin a branch, all living posts below; `hidden_at` marks a deleted post whose trace stays, since moderators took it away; `author_organization_id` whom its author wrote for, wherever they are now.';

-- What answers this post?
create index on public.posts (topic_id, parent_id);
-- Which branches does a topic have, as they were begun or by their worth?
create index on public.posts (topic_id, number) where depth = 1;
create index on public.posts (topic_id, vote_count desc, number) where depth = 1;
-- Which posts go with a change of the topic's readers?
create index on public.posts (topic_id, visibility, organization_id);
-- What has a person written?
create index on public.posts (author_id);
-- What have the people of a company written?
create index on public.posts (author_organization_id);

alter table public.topics add constraint answers_are_of_the_topic
  foreign key (id, answer_id) references public.posts (topic_id, id)
  on delete set null (answer_id) deferrable initially deferred;
-- Which topic has this post as its best answer?
create index on public.topics (id, answer_id) where answer_id is not null;

create table public.votes (
  post_id    uuid not null references public.posts on delete cascade,
  user_id    uuid not null references public.profiles on delete cascade,
  created_at timestamptz not null default now(),
  primary key (post_id, user_id)
);
comment on table public.votes is
  'Who finds a post useful: one vote a person and post. Others see their number alone.';

-- What did this person vote for?
create index on public.votes (user_id, created_at desc);

create table public.post_revisions (
  post_id    uuid not null references public.posts on delete cascade,
  revision   int not null check (revision > 0),
  body       jsonb not null constraint body_is_a_document check (private.is_document(body)),
  written_at timestamptz not null,
  editor_id  uuid references public.profiles on delete set null,
  visibility public.visibility not null,
  primary key (post_id, revision)
);
comment on table public.post_revisions is
  'What an edited post said before, and to whom: every revision but the newest, which is the post itself.';

create index on public.post_revisions (editor_id);

create table public.topic_readers (
  user_id     uuid not null references public.profiles on delete cascade,
  topic_id    uuid not null references public.topics on delete cascade,
  level       public.follow_level,
  read_number int not null default 0 check (read_number >= 0),
  read_at     timestamptz,
  primary key (user_id, topic_id)
);
comment on table public.topic_readers is
  'What a topic is to a person: how far they have read (the number of a post), when they were last there (`read_at`), and whether they watch, follow or mute it; no level means as anybody.';

-- Who watches this topic?
create index on public.topic_readers (topic_id, level);

create table public.drafts (
  user_id    uuid not null default auth.uid() references public.profiles on delete cascade,
  key        text not null check (key ~ '^(topic|(reply|edit):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?)$'),
  content    jsonb not null constraint content_is_a_small_object
    check (jsonb_typeof(content) = 'object' and octet_length(content::text) <= 120000),
  updated_at timestamptz not null default now(),
  primary key (user_id, key)
);
comment on table public.drafts is
  'What somebody is writing, found again on another device. The key says what: `topic`, `reply:<topic>`, `reply:<topic>:<post>`, `edit:<post>`.';

create trigger before_update_touch before update on public.drafts
  for each row execute function private.touch();

create table private.deleted_posts (
  post_id    uuid primary key references public.posts on delete cascade,
  body       jsonb not null,
  template_answers jsonb,
  deleted_by uuid references public.profiles on delete set null,
  deleted_at timestamptz not null default now()
);
comment on table private.deleted_posts is
  'What a deleted post said, out of readers'' sight; `template_answers` are those of the topic whose hidden opening it is.';

-- What has this person deleted?
create index on private.deleted_posts (deleted_by);

-- Who may -----------------------------------------------------------------

alter table public.categories enable row level security;
grant select on public.categories to authenticated;

create policy select_active on public.categories
  for select to authenticated
  using ((select private.my_organization()) is not null);

alter table public.tags enable row level security;
grant select on public.tags to authenticated;

create policy select_active on public.tags
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

alter table public.votes enable row level security;
grant select on public.votes to authenticated;

create policy select_own on public.votes
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.post_revisions enable row level security;

alter table public.topic_readers enable row level security;
grant select on public.topic_readers to authenticated;

create policy select_own on public.topic_readers
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);

alter table public.drafts enable row level security;
grant select on public.drafts to authenticated;

create policy select_own on public.drafts
  for select to authenticated
  using (user_id = (select auth.uid()) and (select private.my_organization()) is not null);
