/*
 * Forum, tags — one vocabulary in both languages, and what stands under each of it.
 *
 * One word means one tag. Platform admins keep them, here or in Studio. How many
 * topics a tag or a category has is counted by a trigger on topics alone, whatever
 * moved them.
 */

-- Tables ------------------------------------------------------------------

-- What an admin has seen before they change it, as with categories.
alter table public.tags add column revision int not null default 1;

create trigger before_update_revise before update of name_en, name_ar, synonyms, retired_at
  on public.tags for each row execute function private.revise();

-- What one may do -----------------------------------------------------------

create function public.list_tags()
returns table (
  slug text, name_en text, name_ar text, synonyms text[], retired_at timestamptz, revision int, topic_count int)
language sql stable set search_path = ''
as $$
  select tags.slug, tags.name_en, tags.name_ar, tags.synonyms, tags.retired_at, tags.revision, tags.topic_count
  from public.tags order by tags.retired_at is not null, tags.name_en
$$;
comment on function public.list_tags is
  'The whole vocabulary, retired tags last. `topic_count` counts topics of the community.';
grant execute on function public.list_tags to authenticated;

-- The tag somebody means by a word: its slug, its name in either language, or another spelling of it.
create function private.tag_of(word text) returns public.tags
language plpgsql stable set search_path = ''
as $$
declare
  -- No tag is longer; the word of a filter may be of any length.
  meant text := private.fold(btrim(left(word, 100)));
begin
  return (
    select tags from public.tags
    where slug = word
      or meant in (private.fold(slug), private.fold(name_en), private.fold(name_ar))
      or exists (select from unnest(synonyms) as synonym where private.fold(synonym) = meant)
    order by slug = word desc, retired_at is not null, slug
    limit 1);
end;
$$;

/*
 * The tags for a topic as slugs, each once, in the order they were chosen. A
 * retired one may stay where it was (`kept`) and is put nowhere else.
 */
create function private.chosen_tags(words text[], kept text[] default '{}') returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  word text;
  tag public.tags;
  slugs text[] := '{}';
begin
  if cardinality(words) > 20 then
    perform private.refuse_field(422, 'tags_limit', 'tags', 'A topic has at most five tags.');
  end if;
  foreach word in array coalesce(words, '{}') loop
    tag := private.tag_of(word);
    if tag.slug is null or tag.retired_at is not null and tag.slug <> all (kept) then
      perform private.refuse_field(422, 'tag_unknown', 'tags', 'There is no such tag.');
    end if;
    if tag.slug <> all (slugs) then
      slugs := slugs || tag.slug;
    end if;
  end loop;
  if cardinality(slugs) > 5 then
    perform private.refuse_field(422, 'tags_limit', 'tags', 'A topic has at most five tags.');
  end if;
  return slugs;
end;
$$;

-- The first thing in a patch that cannot be said of a tag, as {code, field}; null where all can.
create function private.tag_fault(patch jsonb, out code text, out field text)
language plpgsql immutable set search_path = ''
as $$
begin
  code := 'invalid_input';
  if patch is null or jsonb_typeof(patch) <> 'object' then return; end if;
  select key into field from jsonb_each(patch)
  where key <> all (array['name_en', 'name_ar', 'synonyms'])
    or key = 'synonyms' and jsonb_typeof(value) <> 'array'
    or key <> 'synonyms' and jsonb_typeof(value) <> 'string'
  limit 1;
  if field is not null then return; end if;

  select case when key = 'synonyms' then 'synonyms_invalid' else 'tag_name_invalid' end, key into code, field
  from jsonb_each(patch)
  where key in ('name_en', 'name_ar') and not coalesce(private.is_name(value #>> '{}', 40), false)
    or key = 'synonyms' and (jsonb_array_length(value) > 20 or exists (
      select from jsonb_array_elements(value) as synonym
      where jsonb_typeof(synonym) <> 'string' or not coalesce(private.is_name(synonym #>> '{}', 40), false)))
  limit 1;
end;
$$;

/*
 * A new tag, or what `patch` names of the one that is there. One word means one
 * tag: a name or synonym that is another tag's is refused.
 */
create function public.save_tag(slug text, patch jsonb, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.save', 'tag', slug);
  fault record;
  current public.tags;
  wanted public.tags;
  taken text;
begin
  if refusal is not null then
    return refusal;
  end if;
  fault := private.tag_fault(patch);
  if fault.code is not null then
    perform private.refuse_field(422, fault.code, fault.field, 'This cannot be said of a tag.');
  elsif slug is null or slug !~ '^[a-z0-9]+(-[a-z0-9]+)*$' or length(slug) > 40 then
    perform private.refuse_field(422, 'slug_invalid', 'slug', 'Small Latin letters and figures, parted by hyphens.');
  end if;

  -- Two admins who give one word to two tags at the same moment must see each other.
  lock table public.tags in share row exclusive mode;
  select * into current from public.tags where tags.slug = save_tag.slug;
  if current.slug is null and expected is not null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif current.slug is not null and expected is null then
    perform private.refuse_field(409, 'slug_taken', 'slug', 'Another tag has this name in its address.');
  elsif current.revision is distinct from expected then
    perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
  elsif current.slug is null and not patch ?& array['name_en', 'name_ar'] then
    perform private.refuse(422, 'invalid_input', 'A tag needs name_en and name_ar.');
  end if;
  current.slug := save_tag.slug;
  current.synonyms := coalesce(current.synonyms, '{}');
  wanted := jsonb_populate_record(current, patch);

  select word into taken
  from unnest(array[wanted.slug, wanted.name_en, wanted.name_ar] || wanted.synonyms) as word
  where (private.tag_of(word)).slug <> wanted.slug limit 1;
  if taken is not null then
    perform private.refuse_field(409, 'tag_taken',
      case taken when wanted.name_en then 'name_en' when wanted.name_ar then 'name_ar' when wanted.slug then 'slug' else 'synonyms' end,
      'Another tag has this word.');
  end if;

  insert into public.tags as known (slug, name_en, name_ar, synonyms)
  values (wanted.slug, wanted.name_en, wanted.name_ar, wanted.synonyms)
  on conflict on constraint tags_pkey do update set
    name_en = excluded.name_en, name_ar = excluded.name_ar, synonyms = excluded.synonyms
  returning * into current;
  perform private.audit('tags.save', null, 'tag', current.slug, null,
    jsonb_build_object('changed', array(select key from jsonb_object_keys(patch) as key order by key)));
  return jsonb_build_object('slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.save_tag is
  'For platform admins: makes a tag (`expected` null) or changes what `patch` names: name_en, name_ar, synonyms. Refuses with 409 tag_taken where a word is another tag''s.';
grant execute on function public.save_tag to authenticated;

create function public.retire_tag(tag text, retired boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.retire', 'tag', tag);
  current public.tags;
begin
  if refusal is not null then
    return refusal;
  end if;
  select * into current from public.tags where slug = tag for no key update;
  if current.slug is null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif retired is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is retired.');
  elsif (current.retired_at is not null) <> retired then
    update public.tags set retired_at = case when retired then now() end where slug = tag
    returning * into current;
    perform private.audit('tags.retire', null, 'tag', tag,
      jsonb_build_object('retired', not retired), jsonb_build_object('retired', retired));
  end if;
  return jsonb_build_object('slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.retire_tag is
  'For platform admins: a retired tag stays on its topics and is put on no other; or brings it back.';
grant execute on function public.retire_tag to authenticated;

/*
 * All that was said of one tag is said of another. Whoever writes topics waits
 * until it is done, so that none is left with the word that goes.
 */
create function public.merge_tags("from" text, "into" text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('tags.merge', 'tag', "from");
  gone public.tags;
  kept public.tags;
  moved int;
begin
  if refusal is not null then
    return refusal;
  end if;
  lock table public.topics in exclusive mode;
  lock table public.tags in share row exclusive mode;
  select * into gone from public.tags where slug = "from";
  select * into kept from public.tags where slug = "into";
  if gone.slug is null or kept.slug is null then
    perform private.refuse(404, 'not_found', 'There is no such tag.');
  elsif gone.slug = kept.slug or kept.retired_at is not null then
    perform private.refuse(422, 'invalid_input', 'Merge a tag into another one that is in use.');
  end if;

  update public.topics
  set tags = case
    when tags @> array[kept.slug] then array_remove(tags, gone.slug)
    else array_replace(tags, gone.slug, kept.slug) end
  where tags @> array[gone.slug];
  get diagnostics moved = row_count;
  delete from public.tags where slug = gone.slug;
  update public.tags set synonyms = (
    select (array_agg(word order by place))[1:20]
    from (
      select distinct on (private.fold(word)) word, place
      from unnest(kept.synonyms || array[gone.name_en, gone.name_ar, gone.slug] || gone.synonyms) with ordinality as said (word, place)
      where private.fold(word) not in (private.fold(kept.name_en), private.fold(kept.name_ar), kept.slug)
      order by private.fold(word), place) as words)
  where slug = kept.slug
  returning * into kept;
  perform private.audit('tags.merge', null, 'tag', kept.slug,
    jsonb_build_object('tag', gone.slug), jsonb_build_object('tag', kept.slug, 'topics', moved));
  return jsonb_build_object('slug', kept.slug, 'revision', kept.revision);
end;
$$;
comment on function public.merge_tags is
  'For platform admins: puts one tag in another''s place on all topics; its words become synonyms of the other.';
grant execute on function public.merge_tags to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * A topic more or less on its shelf and under its tags, where the whole community
 * can read it. Rows are locked in one order: categories by id, then tags by slug.
 */
create function private.topics_shelve() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  was boolean := tg_op <> 'INSERT' and coalesce(old.visibility = 'community' and old.deleted_at is null, false);
  is_now boolean := tg_op <> 'DELETE' and coalesce(new.visibility = 'community' and new.deleted_at is null, false);
  had text[] := case when was then old.tags else '{}' end;
  has text[] := case when is_now then new.tags else '{}' end;
begin
  if (case when was then old.category_id end) is distinct from (case when is_now then new.category_id end) then
    perform from public.categories
    where id in (case when was then old.category_id end, case when is_now then new.category_id end)
    order by id for no key update;
    update public.categories
    set topic_count = topic_count
      + case when is_now and id = new.category_id then 1 else 0 end
      - case when was and id = old.category_id then 1 else 0 end
    where id in (case when was then old.category_id end, case when is_now then new.category_id end);
  end if;
  if had is distinct from has then
    -- As it is written below: whoever saves a tag comes before or after, never between.
    lock table public.tags in row exclusive mode;
    perform from public.tags where slug = any (had || has) order by slug for no key update;
    update public.tags
    set topic_count = topic_count + (slug = any (has))::int - (slug = any (had))::int
    where slug = any (had || has) and (slug = any (has)) <> (slug = any (had));
  end if;
  return null;
end;
$$;

create trigger after_insert_shelve after insert on public.topics
  for each row execute function private.topics_shelve();

create trigger after_update_shelve after update of category_id, visibility, tags, deleted_at on public.topics
  for each row execute function private.topics_shelve();

create trigger after_delete_shelve after delete on public.topics
  for each row execute function private.topics_shelve();
