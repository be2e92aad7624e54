/*
 * Notifications, unsubscribing — the link in a mail ends mails like it, without
 * signing in. Its token is made by the worker as it mails and kept here as a
 * hash; it can do nothing but end mails. For functions/unsubscribe alone.
 */

-- What one may do -----------------------------------------------------------

-- The link a token belongs to; wrong ones are counted by network.
create function private.unsubscribe_link(token text, network text) returns private.unsubscribe_tokens
language plpgsql set search_path = ''
as $$
declare
  subject text := encode(sha256(convert_to(network, 'utf8')), 'hex');
  link private.unsubscribe_tokens;
  taken jsonb;
begin
  if private.rate_left('unsubscribe.guess', subject, 20, 3600) = 0 then
    perform private.refuse_until_next_window(3600);
  end if;
  select * into link from private.unsubscribe_tokens where token_hash = private.token_hash(token);
  if link.token_hash is null then
    taken := public.take_rate_limit('unsubscribe.guess', subject, 20, 3600);
    if not (taken ->> 'allowed')::boolean then
      perform private.refuse_for((taken ->> 'retry_after')::int);
    end if;
  end if;
  return link;
end;
$$;

create function public.read_unsubscribe_link(token text, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  link private.unsubscribe_tokens := private.unsubscribe_link(token, network);
begin
  return case when link.token_hash is null then 'null' else jsonb_build_object('kinds', link.kinds) end;
end;
$$;
comment on function public.read_unsubscribe_link is
  'Which kinds of mail a link ends: {kinds}, or null where the token is nobody''s. Changes nothing. For functions/unsubscribe.';
grant execute on function public.read_unsubscribe_link to service_role;

create function public.unsubscribe(token text, everything boolean, network text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  link private.unsubscribe_tokens := private.unsubscribe_link(token, network);
  ended public.notification_kind[] :=
    case when everything then enum_range(null::public.notification_kind) else link.kinds end;
begin
  if link.token_hash is null then
    return 'null';
  end if;
  insert into public.notification_preferences as chosen (user_id, kind, in_app, email)
  select link.user_id, kind, true, 'none' from unnest(ended) as kind
  on conflict on constraint notification_preferences_pkey do update set email = 'none';
  return jsonb_build_object('kinds', ended);
end;
$$;
comment on function public.unsubscribe is
  'Ends mails of the kinds a link is about, or of all; the centre goes on. {kinds}, or null where the token is nobody''s. For functions/unsubscribe.';
grant execute on function public.unsubscribe to service_role;
