/*
 * Search, finding — the topics that answer, page by page.
 *
 * A search is security definer because a policy would keep the index of words from
 * being used (its operator could leak), and says the policies itself.
 */

-- What one may do -----------------------------------------------------------

/*
 * A word that nobody wrote, as those that differ by a letter or two (Levenshtein; one
 * in words of up to four letters) write it: the nearest, of these the most used.
 * Itself where it is known or nothing is near.
 */
create function private.nearest_word(asked text) returns text
language sql stable set search_path = '' set pg_trgm.similarity_threshold = 0.2
as $$
  select coalesce((
    select near.word from (
      select word, uses, extensions.levenshtein_less_equal(word, asked, 2) as distance
      from private.known_words
      where word operator(extensions.%) asked and length(word) between length(asked) - 2 and length(asked) + 2
      limit 2000) as near
    where distance <= case when length(asked) <= 4 then 1 else 2 end
    order by distance, uses desc, word limit 1), asked)
$$;

/*
 * The part of a text that answers, as pieces of which some are what was asked for:
 * [{"text": "… the ", "hit": false}, {"text": "pump", "hit": true} …]. Looks at the
 * first two thousand words.
 */
create function private.search_excerpt(body text, words text[]) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  said text[] := (regexp_split_to_array(btrim(left(body, 20000)), '\s+'))[:2000];
  folded text[] := (regexp_split_to_array(private.search_text(btrim(left(body, 20000))), '\s+'))[:2000];
  stems text[] := (
    select array_agg(distinct stem || '%')
    from unnest(words) as word, unnest(tsvector_to_array(private.search_vector(word)) || word) as stem
    where length(stem) >= 2);
  hits boolean[];
  first int;
begin
  -- A picture says nothing.
  if body is null then
    return '[]';
  end if;
  -- A word of marks alone is none once it is folded: then each is folded by itself.
  if cardinality(folded) <> cardinality(said) then
    folded := (select array_agg(private.search_text(word) order by place) from unnest(said) with ordinality as parts (word, place));
  end if;
  hits := (
    select array_agg(ltrim(word, '.,;:!?()[]{}"''«»،؛؟-') like any (stems) order by place)
    from unnest(folded) with ordinality as parts (word, place));
  first := greatest(coalesce(array_position(hits, true), 1) - 8, 1);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('text', text, 'hit', hit) order by start), '[]')
    from (
      select min(place) as start, hit, string_agg(said[place], ' ' order by place) as text
      from (
        select place, hits[place] as hit, place - row_number() over (partition by hits[place] order by place) as run
        from generate_series(first, least(first + 34, cardinality(said))) as place) as shown
      group by hit, run) as joined);
end;
$$;

create function private.require_search_filters(filters jsonb) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if jsonb_typeof(filters) is distinct from 'object' or exists (
    select from jsonb_each(filters) as given
    where key <> all (array['category', 'tag', 'organization', 'author', 'answered'])
      or jsonb_typeof(value) <> case key when 'answered' then 'boolean' else 'string' end
      or key in ('organization', 'author') and value #>> '{}' !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
  then
    perform private.refuse(422, 'invalid_input', 'These are not filters of this list.');
  end if;
end;
$$;

-- Where a page ended: the moment of the search, the score, the topic. Nulls where none is given.
create function private.search_place(cursor text, out at timestamptz, out score bigint, out topic uuid)
language plpgsql stable set search_path = ''
as $$
declare
  parts text[] := regexp_match(cursor, '^([0-9]{1,16})_([0-9]{1,15})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
begin
  if parts is null and cursor is not null then
    perform private.refuse(422, 'cursor_invalid', 'This is not a cursor of this list.');
  end if;
  at := to_timestamp(0) + parts[1]::bigint * interval '1 microsecond';
  score := parts[2];
  topic := parts[3];
end;
$$;

/*
 * The topics that answer, best first, a page of {topic_id, entry_id, score}: how well the
 * words fit (ts_rank_cd, the title three times a post) times how fresh they are (half
 * after about nine months, never less than four tenths). Ranks the newest 200
 * titles and 500 posts that fit: for a word that is everywhere that is what is
 * wanted, for any other it is all of them. Of what the filters leave, where there
 * are some: by their topics where these are a thousand or fewer, else one by one.
 *
 * Planned anew for each call: whether the list of a word or the list of what is new
 * is shorter depends on the word.
 */
create function private.found_topics(
  mine uuid, asked tsquery, filters jsonb, moment timestamptz, below bigint, below_topic uuid, size int)
returns table (topic_id uuid, entry_id uuid, score bigint)
language plpgsql stable rows 20 set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
  shelf uuid := private.asked_category(filters);
  tag text[] := private.asked_tag(filters);
  company uuid := filters ->> 'organization';
  author uuid := filters ->> 'author';
  answered boolean := filters ->> 'answered';
  narrowed boolean := shelf is not null or tag is not null or answered is not null;
  among uuid[];
begin
  if narrowed then
    among := array(
      select topics.id from public.topics
      where topics.deleted_at is null and (topics.visibility = 'community' or topics.organization_id = mine)
        and (shelf is null or topics.category_id = shelf)
        and (tag is null or topics.tags @> tag)
        and (answered is null or (topics.answer_id is not null) = answered)
      limit 1001);
    if cardinality(among) > 1000 then
      among := null;
    end if;
  end if;
  return query
  with fitting as not materialized (
    select entries.* from private.search_entries as entries
    where entries.words @@ asked
      and (entries.visibility = 'community' or entries.organization_id = mine)
      and (company is null or entries.organization_id = company)
      and (among is null or entries.topic_id = any (among))
      and (among is not null or not narrowed or exists (
        select from public.topics
        where topics.id = entries.topic_id
          and (shelf is null or topics.category_id = shelf)
          and (tag is null or topics.tags @> tag)
          and (answered is null or (topics.answer_id is not null) = answered)))),
  titles as materialized (
    select * from fitting where kind = 'topic' and author is null order by written_at desc limit 200),
  posts as materialized (
    select * from fitting
    where kind = 'post' and (author is null or id in (select posts.id from public.posts where posts.author_id = author))
    order by written_at desc limit 500),
  scored as (
    select found.topic_id, found.id,
      (1e6 * ts_rank_cd(found.words, asked, 1) * case found.kind when 'topic' then 3 else 1 end
        * (0.4 + 0.6 * exp(-greatest(extract(epoch from moment - found.written_at), 0) / 86400 / 400)))::bigint as score
    from (select * from titles union all select * from posts) as found),
  best as (
    select distinct on (scored.topic_id) scored.topic_id, scored.id, scored.score
    from scored order by scored.topic_id, scored.score desc, scored.id)
  select best.topic_id, best.id, best.score from best
  where below is null or (best.score, best.topic_id) < (below, below_topic)
  order by best.score desc, best.topic_id desc limit size;
end;
$$;

create function public.search_forum(
  query text, filters jsonb default '{}', after text default null, size int default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  mine uuid := private.require_organization();
  page_size int := private.page_size(search_forum.size);
  words text[] := private.search_words(query);
  asked tsquery := private.search_query(words);
  from_at timestamptz; from_score bigint; from_topic uuid;
  corrected text[];
  cards jsonb[]; cursors text[];
begin
  perform private.require_search_filters(filters);
  select at, score, topic into from_at, from_score, from_topic from private.search_place(after);
  from_at := coalesce(from_at, now());

  for try in 1 .. 2 loop
    select array_agg(shown.card order by shown.score desc, shown.topic_id desc),
      array_agg(shown.cursor order by shown.score desc, shown.topic_id desc)
    into cards, cursors
    from (
      select found.topic_id, found.score,
        (extract(epoch from from_at) * 1000000)::bigint || '_' || found.score || '_' || found.topic_id as cursor,
        jsonb_build_object(
          'topic', topic.card,
          'title', private.search_excerpt(topic.card ->> 'title', words),
          'post', jsonb_build_object(
            'id', posts.id, 'number', posts.number, 'created_at', posts.created_at, 'author', author.card,
            'excerpt', private.search_excerpt(posts.body_text, words))) as card
      from private.found_topics(mine, asked, filters, from_at, from_score, from_topic, page_size + 1) as found
      -- One by one: joined, all cards of the forum would be made for twenty.
      cross join lateral (select card from private.topic_cards where id = found.topic_id limit 1) as topic
      cross join lateral (
        select * from public.posts
        where posts.topic_id = found.topic_id
          and (posts.id = found.entry_id or found.entry_id = found.topic_id and posts.number = 1) limit 1) as posts
      left join lateral (
        select card from private.person_cards where id = posts.author_id limit 1) as author on true) as shown;
    exit when cards is not null or after is not null or asked is null or try = 2;
    -- Nothing: perhaps a word is mistyped, or its end is not what was meant.
    corrected := (
      select array_agg(private.nearest_word(word) order by place)
      from unnest(words) with ordinality as given (word, place));
    exit when corrected = words;
    words := corrected;
    asked := private.search_query(words);
  end loop;

  return jsonb_build_object(
    'results', to_jsonb(coalesce(cards[1:page_size], '{}')),
    'corrected', case when corrected is not null and cards is not null then array_to_string(words, ' ') end,
    'next', case when cardinality(cards) > page_size then cursors[page_size] end);
end;
$$;
comment on function public.search_forum is
  'Topics whose title or posts have the words, best and freshest first, each with the post that answers best. Filters: category, tag, organization, author, answered. {results, corrected, next}: `corrected` are the words that were looked for instead.';
grant execute on function public.search_forum to authenticated;
