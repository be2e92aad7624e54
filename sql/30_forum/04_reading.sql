/*
 * Forum, reading — each page in one round trip.
 *
 * The cards are views, so that a list, a page and the answer to a reply show a
 * topic or a post the same way; they have the reader's rights (security_invoker).
 * The functions that read whole pages are security definer and say once who may
 * read a topic: policies are asked for each table of each statement, which took
 * longer than reading the page. Cursors are opaque to a client: the place where
 * the last page ended.
 *
 * Cards are json, not jsonb: they are only ever sent, and jsonb would be built,
 * sorted and copied at each level of a page to be written out at its end. They are
 * rows turned into json, which takes less time than naming the keys of each anew.
 */

create view private.person_cards with (security_invoker = true) as
  select profiles.id, row_to_json(fields) as card, row_to_json(names) as byline
  from public.profiles
  left join public.memberships on memberships.user_id = profiles.id
  left join public.organizations on organizations.id = memberships.organization_id
  cross join lateral (select organizations.id, organizations.name) as organization
  cross join lateral (
    select
      profiles.id,
      profiles.first_name,
      profiles.last_name,
      profiles.first_name_ar,
      profiles.last_name_ar,
      profiles.avatar) as names
  cross join lateral (
    select
      names.*,
      profiles.job_title,
      case when organizations.id is not null then row_to_json(organization) end as organization) as fields;

-- Tags with their names, in the order the topic has them.
create function private.tag_cards(slugs text[]) returns json
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(json_agg(fields order by chosen.place), '[]')
    from unnest(slugs) with ordinality as chosen (slug, place)
    join public.tags on tags.slug = chosen.slug
    cross join lateral (select tags.slug, tags.name_en, tags.name_ar) as fields);
end;
$$;
grant execute on function private.tag_cards to authenticated;

-- Whether a person may know of a topic at this moment: where they can read it, and their own after it was deleted.
create function private.may_see_topic(person uuid, topic public.topics) returns boolean
language sql stable set search_path = ''
as $$
  select (topic.visibility = 'community' or topic.organization_id = private.organization_of(person))
    and (topic.deleted_at is null or topic.author_id = person)
$$;

-- Since when a topic that was never opened counts as new to the caller.
create function private.new_since() returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select greatest(now() - interval '14 days', profiles.created_at) from public.profiles where profiles.id = (select auth.uid()));
end;
$$;
grant execute on function private.new_since to authenticated;

create view private.topic_cards with (security_invoker = true) as
  select
    topics.id,
    topics.category_id,
    topics.visibility,
    topics.organization_id,
    topics.is_pinned,
    topics.is_pinned_everywhere,
    topics.last_post_at,
    row_to_json(fields) as card
  from public.topics
  join public.categories on categories.id = topics.category_id
  left join public.organizations on organizations.id = topics.organization_id
  left join public.topic_readers as mine on mine.topic_id = topics.id and mine.user_id = (select auth.uid())
  left join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
  left join private.person_cards as author on author.id = topics.author_id
  left join private.person_cards as last_author on last_author.id = topics.last_author_id
  cross join lateral (select categories.slug, categories.name_en, categories.name_ar) as category
  cross join lateral (select organizations.id, organizations.name, organizations.name_ar) as organization
  cross join lateral (
    select
      topics.id,
      topics.title,
      row_to_json(category) as category,
      author.card as author,
      case when organizations.id is not null then row_to_json(organization) end as organization,
      topics.visibility,
      case when topics.tags = '{}' then '[]' else private.tag_cards(topics.tags) end as tags,
      topics.reply_count,
      topics.vote_count,
      topics.answer_id,
      coalesce(left(opening.body_text, 240), '') as excerpt,
      topics.created_at,
      topics.last_post_at,
      last_author.byline as last_author,
      topics.pinned_in,
      topics.pinned_until,
      topics.locked_at,
      topics.edited_at,
      topics.last_number,
      mine.level,
      mine.read_number,
      mine.read_number is null and topics.created_at >= (select private.new_since()) as is_new) as fields
  where topics.deleted_at is null;

create view private.post_cards with (security_invoker = true) as
  select
    posts.id,
    posts.topic_id,
    posts.number,
    posts.depth,
    posts.path,
    posts.branch_count,
    posts.deleted_at,
    posts.hidden_at,
    row_to_json(fields) as card
  from public.posts
  left join private.person_cards as author on author.id = posts.author_id
  left join public.reputations on reputations.person_id = posts.author_id
  left join public.votes as mine on mine.post_id = posts.id and mine.user_id = (select auth.uid())
  cross join lateral (
    select
      posts.id,
      posts.topic_id,
      posts.number,
      posts.parent_id,
      posts.depth,
      posts.path,
      posts.number = 1 as is_opening,
      author.card as author,
      reputations.score as author_reputation,
      posts.body,
      posts.created_at,
      posts.edited_at,
      posts.deleted_at,
      posts.hidden_at,
      posts.revision,
      posts.vote_count,
      mine.user_id is not null as voted,
      posts.reply_count,
      posts.branch_count,
      (
        select coalesce(json_agg(fields), '[]')
        from public.post_files as taken
        cross join lateral (
          select taken.file_id as id, taken.content_type as type, taken.size, taken.renditions, taken.thumbhash) as fields
        where taken.post_id = posts.id and posts.deleted_at is null and not taken.withheld) as files,
      coalesce(posts.author_id = (select auth.uid()), false) as mine) as fields;

grant select on private.person_cards, private.topic_cards, private.post_cards to authenticated;

