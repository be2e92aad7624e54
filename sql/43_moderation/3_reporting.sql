/*
 * Moderation, reporting — one open report a person and post.
 *
 * Whoever reports locks the post, then its case, so that no report joins a case
 * that is being decided at that moment.
 */

-- What one may do -----------------------------------------------------------

-- Security definer: clients have no right to write the tables.
create function public.report_post(post uuid, reason public.report_reason, note text default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  organization uuid := private.require_organization();
  target public.posts;
  words text := nullif(btrim(replace(note, E'\r\n', E'\n'), E' \n'), '');
  report uuid;
begin
  if reason is null then
    perform private.refuse_field(422, 'invalid_input', 'reason', 'Say why.');
  elsif words is not null and not coalesce(private.is_prose(words, 500), false) then
    perform private.refuse_field(422, 'note_invalid', 'note', 'A note has at most 500 characters.');
  end if;
  select * into target from public.posts
  where id = report_post.post and deleted_at is null and topic_deleted_at is null
    and (organization_id = organization or visibility = 'community')
  for share;
  if target.id is null then
    perform private.refuse(404, 'not_found', 'There is no such thing here, or it is not open to you.');
  elsif target.author_id = auth.uid() then
    perform private.refuse(409, 'report_of_own_post', 'This is your own post: you can change or delete it.');
  end if;

  select id into report from public.reports
  where reporter_id = auth.uid() and post_id = target.id and closed_at is null;
  if report is null then
    perform private.limit_rate('reports.day', auth.uid()::text, 20, 86400);
    insert into public.reports (case_id, post_id, reporter_id, reason, note)
    values (private.open_case(target.id, target.author_id), target.id, auth.uid(), report_post.reason, words)
    on conflict (reporter_id, post_id) where closed_at is null do nothing
    returning id into report;
  end if;
  return coalesce(report, (
    select id from public.reports where reporter_id = auth.uid() and post_id = target.id and closed_at is null));
end;
$$;
comment on function public.report_post is
  'Asks moderators to look at a post one can read, and returns the report. Asking again changes nothing; nobody is told who asked.';
grant execute on function public.report_post to authenticated;
