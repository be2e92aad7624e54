/*
 * Moderation, deciding — keep, hide, delete, warn, suspend; appeal; review.
 *
 * All lock the topic, then the post, then the case, so that of two who decide at
 * once one is told what the other did, and so that its author's taking the post
 * back comes before or after, never between.
 */

-- What one may do -----------------------------------------------------------

-- A case, with what it is about locked.
create function private.case_to_decide(id uuid) returns private.cases
language plpgsql set search_path = ''
as $$
declare
  post uuid := (select post_id from private.cases where cases.id = case_to_decide.id);
  found_case private.cases;
begin
  perform from public.topics
  where topics.id = (select topic_id from public.posts where posts.id = post) for no key update;
  perform from public.posts where posts.id = post for no key update;
  select * into found_case from private.cases where cases.id = case_to_decide.id for update;
  if found_case.id is null then
    perform private.refuse(404, 'not_found', 'There is no such case.');
  end if;
  return found_case;
end;
$$;

/*
 * Takes a post out of sight; its words are kept, and with those of an opening what
 * was written into its category's fields. Hidden, it leaves a trace; deleted, an
 * opening takes its topic along, as its author's own deleting does.
 */
create function private.take_post(post public.posts, leaves_trace boolean, because text) returns void
language plpgsql set search_path = ''
as $$
declare
  answers jsonb;
begin
  if post.number = 1 and not leaves_trace then
    update public.topics set deleted_at = now(), deleted_by = auth.uid(), deletion_reason = because
    where topics.id = post.topic_id;
    return;
  end if;
  if post.number = 1 then
    select template_answers into answers from public.topics where topics.id = post.topic_id;
    update public.topics set template_answers = '{}' where topics.id = post.topic_id and template_answers <> '{}';
  end if;
  insert into private.deleted_posts (post_id, body, template_answers, deleted_by)
  values (post.id, post.body, answers, auth.uid());
  update public.posts set body = null, deleted_at = now(), hidden_at = case when leaves_trace then now() end
  where posts.id = post.id;
  perform private.count_reply(post, -1);
end;
$$;

-- Brings it back, where nobody else has taken it since and its words are still there.
create function private.give_post_back(post public.posts, taken_at timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
  back private.deleted_posts;
begin
  update public.topics set deleted_at = null, deleted_by = null, deletion_reason = null
  where topics.id = post.topic_id and post.number = 1 and deleted_at = taken_at;
  delete from private.deleted_posts where post_id = post.id and post.deleted_at = taken_at returning * into back;
  if back.post_id is not null then
    -- What a moderator has written there since stays.
    update public.topics set template_answers = back.template_answers
    where topics.id = post.topic_id and template_answers = '{}' and back.template_answers <> '{}';
    update public.posts set body = back.body, deleted_at = null, hidden_at = null where posts.id = post.id;
    perform private.count_reply(post, 1);
  end if;
end;
$$;

create function private.tell_author(told private.cases) returns void
language sql set search_path = ''
as $$
  select private.notify(array[told.author_id], 'moderation', 'topic:' || topic_id, told.id, number, null,
    private.audience_of(visibility, organization_id))
  from public.posts where posts.id = told.post_id and told.author_id is not null
$$;

create function public.decide_case(
  id uuid, decision public.case_decision, note text default null, until timestamptz default null, expected int default null)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.decide', id);
  found_case private.cases;
  post public.posts;
  is_there boolean;
  takes boolean := decision in ('hide', 'delete', 'suspend');
begin
  if refusal is not null then
    return refusal;
  end if;
  found_case := private.case_to_decide(id);
  select * into post from public.posts where posts.id = found_case.post_id;
  is_there := post.deleted_at is null and post.topic_deleted_at is null and post.id is not null;
  if decision is null then
    perform private.refuse_field(422, 'invalid_input', 'decision', 'Say what is decided.');
  elsif found_case.state <> 'open' then
    perform private.refuse(409, 'case_decided', 'Somebody has decided this case.');
  elsif found_case.author_id = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  elsif expected is distinct from found_case.revision + coalesce(post.revision, 0) then
    perform private.refuse(409, 'changed_meanwhile', 'There is more to see now: look again.');
  elsif decision in ('hide', 'delete') and not is_there then
    perform private.refuse(409, 'post_gone', 'The post is not there any more.');
  elsif decision in ('warn', 'suspend') and found_case.author_id is null then
    perform private.refuse(409, 'author_gone', 'Whoever wrote this has left.');
  elsif decision = 'suspend' and private.my_platform_role() <> 'admin'
    and exists (select from public.platform_roles where user_id = found_case.author_id) then
    return private.deny(403, 'not_allowed', 'Platform admins pause those who look after the place.',
      'moderation.decide', null, 'case', id::text);
  elsif decision = 'suspend' and (until is null or until <= now() or until > now() + interval '1 year') then
    perform private.refuse_field(422, 'until_invalid', 'until', 'A pause ends within a year from now.');
  end if;
  note := case when decision <> 'keep' then private.reason(note) end;

  update private.cases set
    state = 'decided', moved_at = clock_timestamp(), revision = revision + 1,
    decision = decide_case.decision, note = decide_case.note,
    until = case when decide_case.decision = 'suspend' then decide_case.until end,
    took_post = takes and is_there, decided_by = auth.uid(), decided_at = now()
  where cases.id = found_case.id
  returning * into found_case;
  if found_case.took_post then
    perform private.take_post(post, decision <> 'delete', note);
  end if;
  update public.reports set closed_at = now() where case_id = found_case.id;
  perform private.audit('moderation.decide', null, 'case', id::text, jsonb_build_object('state', 'open'),
    jsonb_build_object('state', 'decided', 'decision', decision));
  if decision <> 'keep' then
    perform private.tell_author(found_case);
  end if;
  return private.require_case(id);
end;
$$;
comment on function public.decide_case is
  'For moderators: decides an open case, whose `expected` revision they have seen. `hide` and `suspend` leave a trace of the post, `delete` takes it away; `suspend` pauses its author''s writing until a time. All but `keep` have a note, which the author reads. Returns the case.';
grant execute on function public.decide_case to authenticated;

create function public.appeal(id uuid, text text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  found_case private.cases;
  words text := btrim(replace(text, E'\r\n', E'\n'), E' \n');
begin
  perform private.require_organization();
  select * into found_case from private.cases
  where cases.id = appeal.id and author_id = auth.uid() and decision <> 'keep' for update;
  if found_case.id is null then
    perform private.refuse(404, 'not_found', 'There is no such decision about you.');
  elsif found_case.appeal is not null or found_case.state <> 'decided' then
    perform private.refuse(409, 'appeal_made', 'One appeals once.');
  elsif not coalesce(length(words) >= 10 and private.is_prose(words, 2000), false) then
    perform private.refuse_field(422, 'appeal_invalid', 'text', 'An appeal has 10 to 2,000 characters.');
  end if;
  update private.cases
  set state = 'appealed', appeal = words, moved_at = clock_timestamp(), revision = revision + 1
  where cases.id = found_case.id;
end;
$$;
comment on function public.appeal is
  'Asks once for another moderator to look at a decision about one''s own post.';
grant execute on function public.appeal to authenticated;

create function public.review_case(id uuid, outcome public.review_outcome, note text, expected int default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.case_refusal('moderation.review', id);
  found_case private.cases;
  post public.posts;
begin
  if refusal is not null then
    return refusal;
  end if;
  found_case := private.case_to_decide(id);
  select * into post from public.posts where posts.id = found_case.post_id;
  if outcome is null then
    perform private.refuse_field(422, 'invalid_input', 'outcome', 'Say what is decided.');
  elsif found_case.state = 'closed' then
    perform private.refuse(409, 'case_decided', 'Somebody has decided this case.');
  elsif found_case.state = 'open' or found_case.decision = 'keep' or found_case.state <> 'appealed' and outcome = 'upheld' then
    perform private.refuse(409, 'nothing_to_review', 'There is no decision to look at again.');
  elsif found_case.author_id = auth.uid() or found_case.state = 'appealed' and found_case.decided_by = auth.uid() then
    perform private.refuse(403, 'another_moderator', 'This is for another moderator to decide.');
  elsif expected is distinct from found_case.revision + coalesce(post.revision, 0) then
    perform private.refuse(409, 'changed_meanwhile', 'There is more to see now: look again.');
  end if;
  note := private.reason(note);

  update private.cases set
    state = 'closed', moved_at = clock_timestamp(), revision = revision + 1,
    outcome = review_case.outcome, review_note = review_case.note, reviewed_by = auth.uid(), reviewed_at = now()
  where cases.id = found_case.id
  returning * into found_case;
  if outcome = 'overturned' and found_case.took_post and post.id is not null then
    perform private.give_post_back(post, found_case.decided_at);
  end if;
  perform private.audit('moderation.review', null, 'case', id::text,
    jsonb_build_object('decision', found_case.decision), jsonb_build_object('outcome', outcome));
  perform private.tell_author(found_case);
  return private.require_case(id);
end;
$$;
comment on function public.review_case is
  'For moderators: answers an appeal against another''s decision (upheld or overturned), or takes a decision back that nobody appealed against (overturned). Overturning brings the post back and ends a pause. Returns the case.';
grant execute on function public.review_case to authenticated;

-- What follows ----------------------------------------------------------------

/*
 * A moderator who deletes somebody's whole topic has decided about its opening: its
 * author reads why and may appeal, as after a report, and the case that is open
 * about it is decided with it. Where it is a case that takes the topic, that is it.
 */
create function private.topics_decide() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  opening uuid := (select id from public.posts where topic_id = new.id and number = 1);
  decided private.cases;
begin
  if exists (
    select from private.cases
    where post_id = opening and state = 'decided' and decision = 'delete' and decided_at = new.deleted_at)
  then
    return null;
  end if;
  decided.id := private.open_case(opening, new.author_id);
  update private.cases set
    state = 'decided', moved_at = clock_timestamp(), decision = 'delete', note = new.deletion_reason,
    took_post = true, decided_by = new.deleted_by, decided_at = new.deleted_at
  where id = decided.id
  returning * into decided;
  update public.reports set closed_at = now() where case_id = decided.id;
  perform private.tell_author(decided);
  return null;
end;
$$;

-- The names put both after what takes the posts along: topic, post, case.
create trigger after_update_then_decide after update of deleted_at on public.topics
  for each row when (old.deleted_at is null and new.deletion_reason is not null and new.author_id is not null)
  execute function private.topics_decide();

-- Whoever restores it takes the decision back.
create function private.topics_overturn() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  closed private.cases;
begin
  update private.cases set
    state = 'closed', moved_at = clock_timestamp(), revision = revision + 1,
    outcome = 'overturned', reviewed_by = auth.uid(), reviewed_at = now()
  where post_id = (select id from public.posts where topic_id = new.id and number = 1)
    and decision = 'delete' and state in ('decided', 'appealed') and decided_at = old.deleted_at
  returning * into closed;
  if found then
    perform private.tell_author(closed);
  end if;
  return null;
end;
$$;

create trigger after_update_then_overturn after update of deleted_at on public.topics
  for each row when (old.deleted_at is not null and new.deleted_at is null)
  execute function private.topics_overturn();
