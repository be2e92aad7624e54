/*
 * Forum, categories — the shelves topics stand on, and what each asks of a question.
 *
 * Platform admins keep them, here or in Studio: what must hold is said by
 * constraints and triggers.
 */

-- Tables ------------------------------------------------------------------

-- What an admin has seen before they change it: counts every change of what is said, not of what is counted.
alter table public.categories add column revision int not null default 1;

create function private.revise() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.revision := old.revision + 1;
  return new;
end;
$$;

create trigger before_update_revise
  before update of name_en, name_ar, description_en, description_ar, icon, color, posting, template, archived_at
  on public.categories for each row execute function private.revise();

-- What one may do -----------------------------------------------------------

create function public.list_categories()
returns table (
  id uuid, slug text, name_en text, name_ar text, description_en text, description_ar text,
  icon text, color text, posting public.category_posting, template jsonb, archived_at timestamptz, revision int,
  topic_count int, last_post_at timestamptz)
language sql stable set search_path = ''
as $$
  select
    categories.id, categories.slug, categories.name_en, categories.name_ar,
    categories.description_en, categories.description_ar, categories.icon, categories.color,
    categories.posting, categories.template, categories.archived_at, categories.revision,
    categories.topic_count + (
      select count(*)::int from public.topics
      where topics.category_id = categories.id
        and topics.organization_id = (select private.my_organization())
        and topics.visibility = 'organization' and topics.deleted_at is null),
    greatest(newest.last_post_at, pinned.last_post_at)
  from public.categories
  -- One step into the index for each of its two halves.
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and not topics.is_pinned
    order by topics.last_post_at desc limit 1) as newest on true
  left join lateral (
    select topics.last_post_at from public.topics
    where topics.category_id = categories.id and topics.deleted_at is null and topics.is_pinned
    order by topics.last_post_at desc limit 1) as pinned on true
  order by categories.position, categories.name_en
$$;
comment on function public.list_categories is
  'All categories in order, archived ones too, with the number of topics and the time of the newest post that the caller can read.';
grant execute on function public.list_categories to authenticated;

/*
 * Refuses and names the field at fault: it is in `hint`, where the SDK looks for it.
 */
create function private.refuse_field(status int, code text, field text, because text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || status, detail = code, message = because, hint = field;
end;
$$;

-- The fields of a category that these answers fill, in their order, each with its answer; what the category asks no more is left out.
create function private.answered_fields(category uuid, answers jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(
      (field - array['help_en', 'help_ar', 'required']) || jsonb_build_object('answer', answers -> (field ->> 'key'))
      order by place), '[]')
    from public.categories
    cross join jsonb_array_elements(template) with ordinality as asked (field, place)
    where categories.id = category and answers ? (field ->> 'key'));
end;
$$;

-- What a topic's author wrote into the fields of its category; where they wrote nothing, it is not read.
create function private.topic_answers(topic uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select case when template_answers = '{}' then '[]' else private.answered_fields(category_id, template_answers) end
    from public.topics where topics.id = topic);
end;
$$;

-- The first thing in a patch that cannot be said of a category, as {code, field}; null where all can.
create function private.category_fault(patch jsonb, out code text, out field text)
language plpgsql immutable set search_path = ''
as $$
begin
  code := 'invalid_input';
  if patch is null or jsonb_typeof(patch) <> 'object' then return; end if;
  select key into field from jsonb_each(patch)
  where key <> all (array['slug', 'name_en', 'name_ar', 'description_en', 'description_ar', 'icon', 'color', 'posting', 'template'])
    or key <> 'template' and jsonb_typeof(value) <> 'string'
    or key = 'icon' and value #>> '{}' !~ '^[a-z0-9-]{1,40}$'
    or key = 'color' and value #>> '{}' !~ '^[a-z]{1,20}$'
    or key = 'posting' and value #>> '{}' not in ('members', 'moderators')
  limit 1;
  if field is not null then return; end if;

  select case
      when key = 'slug' then 'slug_invalid'
      when key = 'template' then 'template_invalid'
      when key like 'name%' then 'category_name_invalid'
      else 'category_description_invalid'
    end, key into code, field
  from jsonb_each(patch)
  where key = 'slug' and not (value #>> '{}' ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(value #>> '{}') <= 60)
    or key in ('name_en', 'name_ar') and not coalesce(private.is_name(value #>> '{}', 80), false)
    or key in ('description_en', 'description_ar')
      and not (value #>> '{}' = '' or coalesce(private.is_name(value #>> '{}', 300), false))
    or key = 'template' and not coalesce(private.is_template(value), false)
  limit 1;
end;
$$;

/*
 * A new category, or what `patch` names of one that is there. `expected` is the
 * revision the admin has seen: where another wrote since, nothing is overwritten.
 */
create function public.save_category(id uuid, patch jsonb, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.save', 'category', id::text);
  fault record;
  current public.categories;
  wanted public.categories;
begin
  if refusal is not null then
    return refusal;
  end if;
  fault := private.category_fault(patch);
  if fault.code is not null then
    perform private.refuse_field(422, fault.code, fault.field, 'This cannot be said of a category.');
  elsif save_category.id is null and not patch ?& array['slug', 'name_en', 'name_ar'] then
    perform private.refuse(422, 'invalid_input', 'A category needs slug, name_en and name_ar.');
  end if;

  if save_category.id is null then
    wanted := jsonb_populate_record(null::public.categories, patch);
    insert into public.categories (
      slug, name_en, name_ar, description_en, description_ar, icon, color, posting, template, position)
    values (
      wanted.slug, wanted.name_en, wanted.name_ar,
      coalesce(wanted.description_en, ''), coalesce(wanted.description_ar, ''),
      coalesce(wanted.icon, 'messages'), coalesce(wanted.color, 'teal'),
      coalesce(wanted.posting, 'members'), coalesce(wanted.template, '[]'),
      (select coalesce(max(categories.position), 0) + 1 from public.categories))
    returning * into current;
  else
    select * into current from public.categories where categories.id = save_category.id for no key update;
    if current.id is null then
      perform private.refuse(404, 'not_found', 'There is no such category.');
    elsif current.revision is distinct from expected then
      perform private.refuse(409, 'changed_meanwhile', 'Somebody else has changed this since.');
    elsif patch ->> 'slug' <> current.slug then
      -- Links to a category hold its slug.
      perform private.refuse_field(422, 'slug_invalid', 'slug', 'A category keeps the name in its address.');
    end if;
    wanted := jsonb_populate_record(current, patch);
    update public.categories set
      name_en = wanted.name_en, name_ar = wanted.name_ar,
      description_en = wanted.description_en, description_ar = wanted.description_ar,
      icon = wanted.icon, color = wanted.color, posting = wanted.posting, template = wanted.template
    where categories.id = current.id
    returning * into current;
  end if;
  perform private.audit('categories.save', null, 'category', current.id::text, null,
    jsonb_build_object('changed', array(select key from jsonb_object_keys(patch) as key order by key)));
  return jsonb_build_object('id', current.id, 'slug', current.slug, 'revision', current.revision);
exception when unique_violation then
  perform private.refuse_field(409, 'slug_taken', 'slug', 'Another category has this name in its address.');
end;
$$;
comment on function public.save_category is
  'For platform admins: makes a category (`id` null) or changes what `patch` names: slug (once), name_en, name_ar, description_en, description_ar, icon, color, posting, template. Refuses with 409 changed_meanwhile where its revision is not `expected`.';
grant execute on function public.save_category to authenticated;

create function public.order_categories(ids uuid[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.order', null, null);
begin
  if refusal is not null then
    return refusal;
  end if;
  perform from public.categories order by categories.id for no key update;
  if (select array_agg(categories.id order by categories.id) from public.categories)
    is distinct from (select array_agg(id order by id) from unnest(ids) as id) then
    perform private.refuse(409, 'changed_meanwhile', 'These are not all categories, once each.');
  end if;
  update public.categories set position = array_position(ids, categories.id)
  where position <> array_position(ids, categories.id);
  perform private.audit('categories.order', null, null, null);
  return jsonb_build_object('ordered', cardinality(ids));
end;
$$;
comment on function public.order_categories is
  'For platform admins: puts all categories into this order.';
grant execute on function public.order_categories to authenticated;

create function public.archive_category(category uuid, archived boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('categories.archive', 'category', category::text);
  current public.categories;
begin
  if refusal is not null then
    return refusal;
  end if;
  select * into current from public.categories where id = category for no key update;
  if current.id is null then
    perform private.refuse(404, 'not_found', 'There is no such category.');
  elsif archived is null then
    perform private.refuse(422, 'invalid_input', 'Say whether it is archived.');
  elsif (current.archived_at is not null) <> archived then
    update public.categories set archived_at = case when archived then now() end
    where id = category
    returning * into current;
    perform private.audit('categories.archive', null, 'category', category::text,
      jsonb_build_object('archived', not archived), jsonb_build_object('archived', archived));
  end if;
  return jsonb_build_object('id', current.id, 'slug', current.slug, 'revision', current.revision);
end;
$$;
comment on function public.archive_category is
  'For platform admins: closes a category to new topics, or opens it again. What is in it stays and can be read.';
grant execute on function public.archive_category to authenticated;
