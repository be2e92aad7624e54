/*
 * Forum, similar topics — what has been asked already, while a title is typed.
 */

-- Tables ------------------------------------------------------------------

create table private.topic_titles (
  topic_id uuid primary key references public.topics on delete cascade,
  folded   text not null
);
comment on table private.topic_titles is
  'What topics are called, in the spelling of search. Not a column of theirs, because a topic is written anew with every reply and would be indexed anew by all its trigrams.';

-- In which titles does this word occur?
create index topic_titles_by_words on private.topic_titles using gin (folded extensions.gin_trgm_ops);

alter table private.topic_titles enable row level security;

-- What one may do ------------------------------------------------------------

-- The words of a title that say most: the four longest, in the spelling of search and without the Arabic article.
create function private.telling_words(title text) returns text[]
language sql immutable set search_path = ''
as $$
  select coalesce(array_agg(word order by length(word) desc, word), '{}')
  from (
    select distinct private.core_of(word) as word
    from regexp_split_to_table(private.fold(left(title, 160)), '[[:space:][:punct:]،؛؟«»]+') as word
    where length(word) >= 3
    order by word limit 40) as words
  where length(word) >= 3
$$;

/*
 * At most five topics that ask what this title asks. Candidates are at most two
 * hundred that have all the words and two hundred for each word; where no word is
 * found, those with a word that is nearly the first. Security definer because a
 * policy keeps the index of trigrams from being used: so it says itself who may
 * read what. Never by reading all titles, as the planner would for a frequent word.
 */
create function private.find_similar(title text, shelf uuid) returns table (id uuid, place bigint)
language plpgsql stable security definer rows 5 set search_path = ''
set plan_cache_mode = 'force_custom_plan' set enable_seqscan = off
as $$
declare
  mine uuid := private.require_organization();
  asked text := private.fold(left(title, 160));
  words text[] := (private.telling_words(title))[:4];
  nearly boolean := false;
begin
  if words = '{}' then return; end if;
  perform set_config('pg_trgm.word_similarity_threshold', '0.6', true);
  loop
    return query
    with candidates as materialized (
      (select topics.id, topics.category_id, titles.folded
      from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
      where not nearly and topics.deleted_at is null
        and (topics.visibility = 'community' or topics.organization_id = mine)
        and titles.folded like '%' || words[1] || '%'
        and (words[2] is null or titles.folded like '%' || words[2] || '%')
        and (words[3] is null or titles.folded like '%' || words[3] || '%')
        and (words[4] is null or titles.folded like '%' || words[4] || '%')
      limit 200)
      union
      select having_one.* from unnest(words) as word cross join lateral (
        select topics.id, topics.category_id, titles.folded
        from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
        where not nearly and topics.deleted_at is null
          and (topics.visibility = 'community' or topics.organization_id = mine)
          and titles.folded like '%' || word || '%'
        limit 200) as having_one
      union
      (select topics.id, topics.category_id, titles.folded
      from private.topic_titles as titles join public.topics on topics.id = titles.topic_id
      where nearly and topics.deleted_at is null
        and (topics.visibility = 'community' or topics.organization_id = mine)
        and titles.folded operator(extensions.%>) words[1]
      limit 200)),
    scored as (
      select candidates.id, extensions.similarity(asked, folded) as likeness,
        (select count(*) from unnest(words) as word where folded like '%' || word || '%')::float8 / cardinality(words) as share,
        case when category_id = shelf then 0.1 else 0 end as nearness
      from candidates)
    select scored.id, row_number() over (order by share + likeness + nearness desc, scored.id)
    from scored where share >= 0.5 or likeness >= 0.3
    order by 2 limit 5;
    exit when found or nearly or length(words[1]) < 5;
    nearly := true;
  end loop;
end;
$$;
grant execute on function private.find_similar to authenticated;

create function public.similar_topics(title text, category text default null) returns json
language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select json_agg((select topic.card from private.topic_cards as topic where topic.id = alike.id) order by alike.place)
    from private.find_similar(title, (select categories.id from public.categories where slug = category)) as alike), '[]');
end;
$$;
comment on function public.similar_topics is
  'At most five topics whose titles are like this one, best first; those of the category (its slug) a little before others.';
grant execute on function public.similar_topics to authenticated;

-- What follows ----------------------------------------------------------------

create function private.topics_keep_title() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.topic_titles (topic_id, folded) values (new.id, private.fold(new.title))
  on conflict (topic_id) do update set folded = excluded.folded;
  return null;
end;
$$;

create trigger after_insert_keep_title after insert on public.topics
  for each row execute function private.topics_keep_title();

create trigger after_update_keep_title after update of title on public.topics
  for each row when (old.title <> new.title) execute function private.topics_keep_title();
