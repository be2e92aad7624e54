/*
 * Forum, documents — what a post may contain.
 *
 * A post is a ProseMirror document as JSON, never HTML. The list below is the
 * editor's schema (web/src/ui/rich-text/schema.ts) said again where no client
 * can go around it: nodes, their content, their attributes, marks, link schemes.
 */

-- What a node may hold: the kinds of its children, and whether it must have one.
create function private.document_content(node_type text, out children text[], out needs_child boolean)
language sql immutable set search_path = ''
as $$
  with kinds (blocks, inlines) as (
    select
      array['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote', 'codeBlock', 'horizontalRule'],
      array['text', 'hardBreak'])
  select
    case node_type
      when 'doc' then blocks
      when 'blockquote' then blocks
      when 'listItem' then blocks
      when 'bulletList' then array['listItem']
      when 'orderedList' then array['listItem']
      when 'paragraph' then inlines
      when 'heading' then inlines
      when 'codeBlock' then array['text']
      when 'horizontalRule' then array[]::text[]
      when 'hardBreak' then array[]::text[]
      when 'text' then array[]::text[]
    end,
    node_type in ('doc', 'blockquote', 'listItem', 'bulletList', 'orderedList')
  from kinds
$$;

-- Attributes a node may carry. Those of an editor's defaults come as null.
create function private.are_document_attributes(node_type text, attributes jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case node_type
    when 'heading' then
      attributes - 'level' = '{}' and attributes -> 'level' in ('2', '3', '4')
    when 'orderedList' then
      attributes - array['start', 'type'] = '{}'
      and coalesce(attributes -> 'type', 'null') = 'null'
      and coalesce(attributes ->> 'start', '1') ~ '^[0-9]{1,6}$'
      and jsonb_typeof(coalesce(attributes -> 'start', '1')) = 'number'
    when 'codeBlock' then
      attributes - 'language' = '{}'
      and jsonb_typeof(coalesce(attributes -> 'language', 'null')) in ('null', 'string')
      and coalesce(attributes ->> 'language', '') ~ '^[a-z0-9+#.-]{0,32}$'
    else attributes = '{}'
  end
$$;

-- A link goes to the web or to a mailbox; any other scheme may run something.
create function private.is_document_mark(mark jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(mark) <> 'object' then false
    when mark ->> 'type' in ('bold', 'italic', 'strike', 'code') then
      mark - 'type' - 'attrs' = '{}' and coalesce(mark -> 'attrs', '{}') = '{}'
    when mark ->> 'type' = 'link' then
      mark - 'type' - 'attrs' = '{}'
      and jsonb_strip_nulls(mark -> 'attrs') - 'href' = '{}'
      and (mark -> 'attrs') - array['href', 'target', 'rel', 'class', 'title'] = '{}'
      and jsonb_typeof(mark #> '{attrs,href}') = 'string'
      and length(mark #>> '{attrs,href}') <= 2048
      and mark #>> '{attrs,href}' ~* '^(https?://|mailto:)[^[:space:][:cntrl:]<>"`]+$'
    else false
  end
$$;

-- A code mark stands alone, and no mark stands twice.
create function private.are_document_marks(marks jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(marks) = 'array' then (
    -- A mark that gets no answer (null) is as bad as one that gets a no.
    select coalesce(bool_and(coalesce(private.is_document_mark(mark), false)), true)
      and count(*) = count(distinct mark ->> 'type')
      and (count(*) = 1 or coalesce(bool_and(mark ->> 'type' <> 'code'), true))
    from jsonb_array_elements(marks) as mark)
  else false end
$$;

create function private.is_document_node(node jsonb, allowed text[], levels_left int) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  node_type text := node ->> 'type';
  child jsonb;
  children text[];
  needs_child boolean;
begin
  if levels_left < 0
    or jsonb_typeof(node) <> 'object'
    or node_type is null or node_type <> all (allowed)
    or jsonb_typeof(node -> 'type') <> 'string'
    or node - array['type', 'attrs', 'content', 'marks', 'text'] <> '{}'
  then return false;
  end if;

  if node ? 'attrs' and (
    jsonb_typeof(node -> 'attrs') <> 'object'
    or private.are_document_attributes(node_type, node -> 'attrs') is not true)
  then return false;
  end if;
  if node_type = 'heading' and not node ? 'attrs' then return false; end if;

  if node_type = 'text' then
    return jsonb_typeof(node -> 'text') = 'string' and node ->> 'text' <> '' and not node ? 'content'
      and (not node ? 'marks' or private.are_document_marks(node -> 'marks'));
  end if;
  if node ? 'text' then return false; end if;
  if node ? 'marks' and not (node_type = 'hardBreak' and private.are_document_marks(node -> 'marks')) then
    return false;
  end if;

  select content.children, content.needs_child into children, needs_child
  from private.document_content(node_type) as content;

  if node ? 'content' and jsonb_typeof(node -> 'content') <> 'array' then return false; end if;
  if needs_child and jsonb_array_length(coalesce(node -> 'content', '[]')) = 0 then return false; end if;
  if node_type = 'listItem' and node #>> '{content,0,type}' <> 'paragraph' then return false; end if;

  for child in select * from jsonb_array_elements(node -> 'content') loop
    if not private.is_document_node(child, children, levels_left - 1) then return false; end if;
    if node_type = 'codeBlock' and child ? 'marks' then return false; end if;
  end loop;
  return true;
end;
$$;

-- The words of a document, for excerpts and search.
create function private.document_text(document jsonb) returns text
language sql immutable set search_path = ''
as $$
  select string_agg(words #>> '{}', ' ')
  from jsonb_path_query(document, 'strict $.** ? (@.type == "text").text') as words
$$;

create function private.is_document(document jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select octet_length(document::text) <= 100000 and private.is_document_node(document, array['doc'], 24)
$$;

-- Says which rule a document breaks, before a constraint would only say that one does.
create function private.require_document(document jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if document is null then
    perform private.refuse(422, 'document_invalid', 'There is no document.');
  elsif octet_length(document::text) > 100000 then
    perform private.refuse(413, 'document_too_large', 'A post has at most 100,000 bytes.');
  elsif not private.is_document(document) then
    perform private.refuse(422, 'document_invalid', 'The document holds something a post may not contain.');
  elsif private.is_visible(private.document_text(document)) is not true then
    perform private.refuse(422, 'document_empty', 'Write something first.');
  end if;
end;
$$;
