/*
 * Moderation, words — what posts are looked through for. For platform admins.
 */

-- What one may do -----------------------------------------------------------

create function public.save_watched_word(word text, kind public.watch_kind, action public.watch_action) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.watch', 'watched_word', null);
  wanted text := btrim(coalesce(case kind when 'link' then private.link_host(btrim(word)) else word end, ''));
  saved public.watched_words;
begin
  if refusal is not null then
    return refusal;
  elsif kind is null or action is null then
    perform private.refuse(422, 'invalid_input', 'Say what it is, and what follows.');
  elsif not coalesce(private.is_name(wanted, 100), false) or length(private.word_line(wanted)) <= 2
    or kind = 'link' and wanted !~ '[.]' then
    perform private.refuse_field(422, 'watched_word_invalid', 'word', 'A word has letters, a link has a host; 100 characters at most.');
  end if;
  insert into public.watched_words as known (word, kind, action)
  values (wanted, save_watched_word.kind, save_watched_word.action)
  on conflict on constraint watched_words_kind_line_key do update set action = excluded.action
  returning * into saved;
  perform private.audit('moderation.watch', null, 'watched_word', saved.id::text, null, jsonb_build_object('action', action));
  return to_jsonb(saved) - 'line';
end;
$$;
comment on function public.save_watched_word is
  'For platform admins: looks out for a word, or for links to a host, or changes what follows. Returns it.';
grant execute on function public.save_watched_word to authenticated;

create function public.remove_watched_word(id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  refusal jsonb := private.platform_admin_refusal('moderation.unwatch', 'watched_word', id::text);
begin
  if refusal is not null then
    return refusal;
  end if;
  delete from public.watched_words where watched_words.id = remove_watched_word.id;
  if found then
    perform private.audit('moderation.unwatch', null, 'watched_word', id::text);
  end if;
  return jsonb_build_object('id', id);
end;
$$;
comment on function public.remove_watched_word is
  'For platform admins: looks out for it no more. One that is not there is gone already.';
grant execute on function public.remove_watched_word to authenticated;
