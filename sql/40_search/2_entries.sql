/*
 * Search, entries — what can be found, and which words are known.
 *
 * One table of entries for all that can be searched; each room files its own.
 * The forum files two kinds: `topic` (title, tags, answers to the template) and
 * `post`. An entry repeats who may read it, so that a search looks at one table.
 */

-- Tables ------------------------------------------------------------------

create table private.search_entries (
  id              uuid not null,
  kind            text not null check (kind in ('topic', 'post')),
  topic_id        uuid references public.topics on delete cascade,
  visibility      public.visibility not null,
  organization_id uuid not null references public.organizations on delete cascade,
  words           tsvector not null,
  written_at      timestamptz not null,
  -- Ids are the writers' to choose, and differ within a kind.
  primary key (id, kind)
);
comment on table private.search_entries is
  'What can be found: its words, who may read it, and when it was written. The id is that of the row it speaks of.';

-- Which entries have these words?
create index search_entries_words on private.search_entries using gin (words);
-- Which are the newest? Where a word is in every second entry, this is shorter than the list of that word.
create index search_entries_newest on private.search_entries (kind, written_at desc);
-- Which entries' words are to be learned?
create index search_entries_in_order on private.search_entries (written_at);
create index on private.search_entries (topic_id);
create index on private.search_entries (organization_id);
alter table private.search_entries enable row level security;

create table private.known_words (
  word       text primary key check (length(word) between 3 and 40),
  uses       int not null check (uses > 0)
);
comment on table private.known_words is
  'Words of what the whole community can read, as they were written and folded: what a mistyped one may have meant.';

-- Which words are spelled nearly so?
create index known_words_nearly on private.known_words using gin (word extensions.gin_trgm_ops);
alter table private.known_words enable row level security;

create table private.word_learning (
  only_one   boolean primary key default true check (only_one),
  learned_to timestamptz not null default '-infinity'
);
comment on table private.word_learning is
  'How far the words of entries have been learned.';
alter table private.word_learning enable row level security;

-- What follows ----------------------------------------------------------------

create function private.posts_file() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.body is null or new.topic_deleted_at is not null then
    delete from private.search_entries where id = new.id and kind = 'post';
  else
    insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
    values (new.id, 'post', new.topic_id, new.visibility, new.organization_id,
      private.search_vector(left(new.body_text, 50000)), new.created_at)
    on conflict (id, kind) do update set
      words = excluded.words, visibility = excluded.visibility, organization_id = excluded.organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_file after insert on public.posts
  for each row execute function private.posts_file();
create trigger after_update_file
  after update of body, topic_deleted_at, visibility, organization_id on public.posts
  for each row execute function private.posts_file();

create function private.posts_unfile() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.search_entries where kind = 'post' and id in (select id from old_rows);
  return null;
end;
$$;
create trigger after_delete_unfile after delete on public.posts
  referencing old table as old_rows for each statement execute function private.posts_unfile();

create function private.topics_file() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.deleted_at is not null then
    delete from private.search_entries where id = new.id and kind = 'topic';
  else
    insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
    values (new.id, 'topic', new.id, new.visibility, new.organization_id,
      private.search_vector(concat_ws(' ', new.title,
        (select string_agg(concat_ws(' ', name_en, name_ar), ' ') from public.tags where slug = any (new.tags)),
        (select string_agg(value, ' ') from jsonb_each_text(new.template_answers)))), new.created_at)
    on conflict (id, kind) do update set
      words = excluded.words, visibility = excluded.visibility, organization_id = excluded.organization_id;
  end if;
  return null;
end;
$$;

create trigger after_insert_file after insert on public.topics
  for each row execute function private.topics_file();
create trigger after_update_file
  after update of title, tags, template_answers, visibility, organization_id, deleted_at on public.topics
  for each row execute function private.topics_file();

/*
 * Learns the words of what was written since, a batch at a time, and says how many
 * entries it looked at. What only one company reads teaches nothing, or a
 * suggestion would tell it; nor does an edit, which mostly mends words.
 */
create function private.learn_words(batch int default 2000) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  reached timestamptz;
  ids uuid[];
  last timestamptz;
begin
  insert into private.word_learning default values on conflict do nothing;
  select learned_to into reached from private.word_learning for update;
  -- A little behind, so that what commits late is not passed over; nor is what has the moment of the batch's last.
  select array_agg(id), max(written_at) into ids, last
  from (
    select id, written_at from private.search_entries
    where written_at > reached and written_at < now() - interval '1 minute'
    order by written_at fetch first batch rows with ties) as next;
  if ids is null then
    return 0;
  end if;
  insert into private.known_words (word, uses)
  select word, count(*)
  from (
    select body_text as text from public.posts where id = any (ids) and visibility = 'community' and deleted_at is null
    union all
    select title from public.topics where id = any (ids) and visibility = 'community' and deleted_at is null) as said,
    lateral (
      select distinct word from regexp_split_to_table(private.search_text(left(said.text, 50000)), '[^[:alnum:]]+') as word
      where length(word) between 3 and 40 and word !~ '^[0-9]') as words
  group by word
  on conflict (word) do update set uses = known_words.uses + excluded.uses;
  update private.word_learning set learned_to = last;
  return cardinality(ids);
end;
$$;

-- Where somebody's words are removed, what was learned of them goes too: all is learned anew.
create function private.forget_words() returns void
language sql security definer set search_path = ''
as $$
  delete from private.known_words;
  update private.word_learning set learned_to = default;
$$;
