/*
 * Moderation, posting — what stands between a person and what they publish.
 *
 * Said by triggers and not by each function that writes, so that none can forget
 * it. They look at people who write for themselves; what moderators, scripts and
 * the worker do passes.
 */

-- Who may -----------------------------------------------------------------

-- Until when moderators have paused somebody's writing; null where they have not.
create function private.suspended_until(person uuid) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select max(until) from private.cases
    where author_id = person and decision = 'suspend' and until > now() and outcome is distinct from 'overturned');
end;
$$;

create function private.require_may_write() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.suspended_until(auth.uid()) is not null then
    perform private.refuse(403, 'writing_paused', 'Moderators have paused your writing for a time.');
  end if;
end;
$$;

-- Where the links of a document lead, each once.
create function private.document_links(document jsonb) returns text[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct href #>> '{}'), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "link").attrs.href') as href);
end;
$$;

/*
 * The host of an address as a browser reads it: after a name and password, before port
 * and path; `\` is a slash to it, wide letters and stops are narrow, and what has no
 * width is not there.
 */
create function private.link_host(address text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return rtrim(replace(private.fold(
    substring(address from '^(?:[a-zA-Z]+:[/\\]*)?(?:[^/\\?#]*@)?([^/\\?#:]+)')), '。', '.'), '.');
end;
$$;

-- The watched words in a text and its links that lead to this action. The text is folded once, and not at all where none is watched.
create function private.watched_in(text text, links text[], action public.watch_action) returns text[]
language plpgsql stable set search_path = ''
as $$
begin
  return (
    with said as materialized (
      select private.word_line(coalesce(watched_in.text, '')) as line,
        array(select '.' || private.link_host(link) from unnest(links) as link) as hosts)
    select coalesce(array_agg(watched.word order by watched.word), '{}')
    from public.watched_words as watched
    where watched.action = watched_in.action and (
      position(watched.line in (select line from said)) > 0
      or watched.kind = 'link' and exists (
        select from said, unnest(said.hosts) as host
        where host = '.' || lower(watched.word) or right(host, length(watched.word) + 1) = '.' || lower(watched.word))));
end;
$$;

create function private.refuse_watched(text text, links text[]) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if private.watched_in(text, links, 'refuse') <> '{}' then
    perform private.refuse(422, 'words_refused', 'This has a word or link that is not taken here.');
  end if;
end;
$$;

-- What a post says, and what stands above it where it opens a topic.
create function private.said_in(post public.posts) returns text
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select concat_ws(' ', case when post.number = 1 then (
        select concat_ws(' ', title, (select string_agg(value, ' ') from jsonb_each_text(template_answers)))
        from public.topics where id = post.topic_id) end,
      private.document_text(post.body)));
end;
$$;

-- What follows ----------------------------------------------------------------

-- Who has been here less than three days puts two links into a post: advertising comes on the first day.
create function private.posts_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  links text[];
begin
  if auth.uid() is null or auth.uid() is distinct from new.author_id then
    return new;
  end if;
  perform private.require_may_write();
  if tg_op = 'UPDATE' then
    perform private.limit_rate('edits.minute', auth.uid()::text, 12, 60);
    perform private.limit_rate('edits.day', auth.uid()::text, 300, 86400);
  elsif new.number > 1 then
    perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
  end if;
  for told in 1 .. cardinality(private.without(
    private.document_mentions(new.body), private.document_mentions(case when tg_op = 'UPDATE' then old.body end)))
  loop
    perform private.limit_rate('mentions.day', auth.uid()::text, 100, 86400);
  end loop;
  links := private.document_links(new.body);
  if cardinality(links) > 2 and exists (
    select from public.profiles where id = auth.uid() and created_at > now() - interval '3 days') then
    perform private.refuse(422, 'links_not_yet', 'In the first three days a post has at most two links.');
  end if;
  if exists (select from public.watched_words where action = 'refuse') then
    perform private.refuse_watched(private.said_in(new), links);
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.posts
  for each row execute function private.posts_guard();
create trigger before_update_guard before update of body on public.posts
  for each row when (new.body is not null and new.body is distinct from old.body) execute function private.posts_guard();

create function private.topics_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id then
    perform private.require_may_write();
    if tg_op = 'INSERT' then
      -- Here and not with its opening: as for a reply, before its company is counted, so that the two never wait for each other.
      perform private.limit_rate('posts.minute', auth.uid()::text, 12, 60);
    end if;
    perform private.refuse_watched(
      concat_ws(' ', new.title, (select string_agg(value, ' ') from jsonb_each_text(new.template_answers))), '{}');
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.topics
  for each row execute function private.topics_guard();
create trigger before_update_guard
  before update of title, template_answers, tags, category_id, visibility on public.topics
  for each row when ((old.title, old.template_answers, old.tags, old.category_id, old.visibility)
    is distinct from (new.title, new.template_answers, new.tags, new.category_id, new.visibility))
  execute function private.topics_guard();

create function private.votes_guard() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.user_id then
    perform private.require_may_write();
  end if;
  return new;
end;
$$;

create trigger before_insert_guard before insert on public.votes
  for each row execute function private.votes_guard();

-- The open case about a post, with what there is more to see in it.
create function private.open_case(post uuid, author uuid, found text[] default '{}') returns uuid
language sql security definer set search_path = ''
as $$
  insert into private.cases (post_id, author_id, found) values (post, author, open_case.found)
  on conflict (post_id) where state = 'open' do update
  set revision = cases.revision + 1,
      found = array(select unnest(cases.found) union select unnest(excluded.found) order by 1)
  returning id
$$;

create function private.report_words(post public.posts) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  found text[] := private.watched_in(private.said_in(post), private.document_links(post.body), 'report');
begin
  if found <> '{}' then
    perform private.open_case(post.id, post.author_id, found);
  end if;
end;
$$;

-- What a company writes to itself no moderator reads, unless somebody there reports it.
create function private.posts_report_words() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and new.visibility = 'community'
    and exists (select from public.watched_words where action = 'report') then
    perform private.report_words(new);
  end if;
  return null;
end;
$$;

create trigger after_insert_report_words after insert on public.posts
  for each row execute function private.posts_report_words();
create trigger after_update_report_words after update of body on public.posts
  for each row when (new.body is not null and new.body is distinct from old.body)
  execute function private.posts_report_words();

-- A topic says something too: the case is of its opening post. Opened to the community, all its posts are looked at.
create function private.topics_report_words() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if auth.uid() = new.author_id and new.visibility = 'community' then
    perform private.report_words(posts) from public.posts
    where topic_id = new.id and (number = 1 or old.visibility = 'organization') and deleted_at is null
      and author_id = new.author_id;
  end if;
  return null;
end;
$$;

create trigger after_update_report_words after update of title, template_answers, visibility on public.topics
  for each row when ((old.title, old.template_answers, old.visibility)
    is distinct from (new.title, new.template_answers, new.visibility))
  execute function private.topics_report_words();
