/*
 * Forum, documents — what a post may contain.
 *
 * A post is a ProseMirror document as JSON, never HTML. The list below is the
 * editor's schema (web/src/ui/rich-text/schema.ts) said again where no client
 * can go around it: nodes, their content, their attributes, marks, link schemes.
 */

-- Is it one the editor could have made? Looks at all nodes in one statement: a
-- function called per node costs twenty times as much. Any node or mark without
-- an answer counts as a no, since a check constraint takes null for a yes.
create function private.is_document(document jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  a_uuid constant text := '^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$';
  -- One that nothing needs to be quoted in; any other scheme may run something.
  an_address constant text :=
    '^[^\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff<>"`]+$';
  -- A browser reads %65 in a host as a letter: so a host would be spelled past a list of hosts.
  a_spelled_host constant text := '^https?:[/\\]*[^/\\?#]*%';
  -- A name that ends its line or turns what stands around it.
  no_name constant text := '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]';
begin
  if document is null or jsonb_typeof(document) <> 'object' or octet_length(document::text) > 100000 then
    return false;
  end if;

  return (
    -- A node without its children, the children, and where it stands.
    with recursive nodes (node, content, type, parent, depth) as (
      select document - 'content', document -> 'content', document ->> 'type', '', 0
      union all
      select
        case jsonb_typeof(child) when 'object' then child - 'content' end,
        case jsonb_typeof(child) when 'object' then child -> 'content' end,
        child ->> 'type', nodes.type, nodes.depth + 1
      from nodes,
        jsonb_array_elements(case jsonb_typeof(content) when 'array' then content else '[]' end) as child
      where nodes.depth <= 24
    ),
    judged as (
      select nodes.type,
        nodes.depth <= 24
        and node - array['type', 'attrs', 'marks', 'text'] = '{}'

        and case nodes.parent
          when '' then nodes.type = 'doc'
          when 'paragraph' then nodes.type in ('text', 'hardBreak', 'mention')
          when 'heading' then nodes.type in ('text', 'hardBreak', 'mention')
          when 'codeBlock' then nodes.type = 'text'
          when 'bulletList' then nodes.type = 'listItem'
          when 'orderedList' then nodes.type = 'listItem'
          when 'tableRow' then nodes.type in ('tableCell', 'tableHeader')
          when 'table' then nodes.type = 'tableRow'
          else nodes.parent in ('doc', 'blockquote', 'listItem', 'tableCell', 'tableHeader') and (
            nodes.type in ('paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote', 'codeBlock',
              'horizontalRule', 'image', 'attachment')
            or nodes.type = 'table' and nodes.parent = 'doc')
        end

        and (content is null or jsonb_typeof(content) = 'array')
        and case
          when nodes.type = 'text' then content is null
          when nodes.type in ('hardBreak', 'mention', 'horizontalRule', 'image', 'attachment') then
            content is null or content = '[]'
          when nodes.type = 'listItem' then content #>> '{0,type}' = 'paragraph'
          when nodes.type = 'table' then content -> 0 is not null and content -> 50 is null
          when nodes.type = 'tableRow' then content is null or (
            select coalesce(sum(coalesce(substring(cell #>> '{attrs,colspan}' from '^[0-9]{1,2}$')::int, 1)), 0) <= 20
            from jsonb_array_elements(content) as cell)
          when nodes.type in ('paragraph', 'heading', 'codeBlock') then true
          else content -> 0 is not null
        end

        and case when nodes.type = 'text' then jsonb_typeof(node -> 'text') = 'string' and node ->> 'text' <> ''
          else not node ? 'text' end

        and case
          when not node ? 'attrs' then nodes.type not in ('heading', 'mention', 'image', 'attachment')
          when jsonb_typeof(node -> 'attrs') <> 'object' then false
          when nodes.type = 'heading' then
            (node -> 'attrs') - 'level' = '{}' and node #> '{attrs,level}' in ('2', '3', '4')
          when nodes.type = 'orderedList' then
            (node -> 'attrs') - 'start' = '{}' and coalesce(node #> '{attrs,start}', '1')::text ~ '^[0-9]{1,4}$'
          when nodes.type = 'codeBlock' then
            (node -> 'attrs') - 'language' = '{}'
            and coalesce(node #> '{attrs,language}', 'null')::text ~ '^(null|"[a-z0-9+#.-]{0,32}")$'
          when nodes.type = 'blockquote' then
            (node -> 'attrs') - array['post', 'author'] = '{}'
            and coalesce(coalesce(node #> '{attrs,post}', 'null')::text ~ ('^null$|' || a_uuid), false)
            and case jsonb_typeof(coalesce(node #> '{attrs,author}', 'null'))
              when 'null' then true
              when 'string' then length(node #>> '{attrs,author}') between 1 and 160
                and node #>> '{attrs,author}' !~ no_name end
          when nodes.type = 'mention' then
            (node -> 'attrs') - array['id', 'label'] = '{}'
            and (node #> '{attrs,id}')::text ~ a_uuid
            and jsonb_typeof(node #> '{attrs,label}') = 'string'
            and length(node #>> '{attrs,label}') between 1 and 160
            and node #>> '{attrs,label}' !~ no_name
          when nodes.type in ('tableCell', 'tableHeader') then
            (node -> 'attrs') - array['colspan', 'rowspan', 'colwidth'] = '{}'
            and coalesce(node #> '{attrs,colspan}', '1')::text ~ '^([1-9]|1[0-9]|20)$'
            and coalesce(node #> '{attrs,rowspan}', '1')::text ~ '^([1-9]|[1-4][0-9]|50)$'
            and coalesce(node #> '{attrs,colwidth}', 'null')::text
              ~ '^(null|\[[0-9]{1,4}(, [0-9]{1,4}){0,19}\])$'
          when nodes.type = 'image' then
            (node -> 'attrs') - array['file', 'alt', 'width', 'height'] = '{}'
            and (node #> '{attrs,file}')::text ~ a_uuid
            and jsonb_typeof(coalesce(node #> '{attrs,alt}', '""')) = 'string'
            and length(coalesce(node #>> '{attrs,alt}', '')) <= 300
            and coalesce(node #> '{attrs,width}', 'null')::text ~ '^(null|[1-9][0-9]{0,4})$'
            and coalesce(node #> '{attrs,height}', 'null')::text ~ '^(null|[1-9][0-9]{0,4})$'
          when nodes.type = 'attachment' then
            (node -> 'attrs') - array['file', 'name', 'size', 'type'] = '{}'
            and (node #> '{attrs,file}')::text ~ a_uuid
            and jsonb_typeof(node #> '{attrs,name}') = 'string'
            and length(node #>> '{attrs,name}') between 1 and 255
            and (node #> '{attrs,size}')::text ~ '^(0|[1-9][0-9]{0,11})$'
            and (node #> '{attrs,type}')::text ~ '^"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}"$'
          else node -> 'attrs' = '{}'
        end

        and case
          when not node ? 'marks' then true
          when jsonb_typeof(node -> 'marks') <> 'array' then false
          when node -> 'marks' = '[]' then true
          when nodes.parent not in ('paragraph', 'heading') then false
          else (
            -- In the schema's order, none twice, and code alone.
            select string_agg(mark ->> 'type', ' ' order by place) || ' '
                ~ '^(code |(link )?(bold )?(italic )?(strike )?)$'
              and bool_and(coalesce(case
                when jsonb_typeof(mark) <> 'object' or mark - array['type', 'attrs'] <> '{}' then false
                when mark ->> 'type' in ('bold', 'italic', 'strike', 'code') then
                  coalesce(mark -> 'attrs', '{}') = '{}'
                else mark ->> 'type' = 'link'
                  and jsonb_typeof(mark -> 'attrs') = 'object'
                  and (mark -> 'attrs') - 'href' = '{}'
                  and jsonb_typeof(mark #> '{attrs,href}') = 'string'
                  and length(mark #>> '{attrs,href}') <= 2048
                  and mark #>> '{attrs,href}' ~* '^(https?://|mailto:).'
                  and mark #>> '{attrs,href}' ~ an_address
                  and mark #>> '{attrs,href}' !~* a_spelled_host
              end, false))
            from jsonb_array_elements(node -> 'marks') with ordinality as listed (mark, place))
        end as fine
      from nodes
    )
    select bool_and(coalesce(fine, false))
      and count(*) filter (where type = 'mention') <= 20
      and count(*) filter (where type = 'image') <= 20
      and count(*) filter (where type = 'attachment') <= 20
    from judged);
end;
$$;

/*
 * The words of a document, for excerpts and search; whoever is mentioned is one of
 * them. Blocks are parted by a space; within one nothing is, so that a word half of
 * which is bold stays a word.
 */
create function private.document_text(document jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select string_agg(said.line, ' ')
    from jsonb_path_query(document,
      'strict $.** ? (@.type == "paragraph" || @.type == "heading" || @.type == "codeBlock")') as block
    cross join lateral (
      select string_agg(case part ->> 'type'
        when 'text' then part ->> 'text' when 'mention' then '@' || (part #>> '{attrs,label}') else ' ' end, '') as line
      from jsonb_path_query(block, 'lax $.content[*]') as part) as said);
end;
$$;

-- Whom it mentions, each once.
create function private.document_mentions(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "mention").attrs.id') as id);
end;
$$;

-- The pictures and attachments in it, each once.
create function private.document_files(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'strict $.** ? (@.type == "image" || @.type == "attachment").attrs.file') as id);
end;
$$;

-- The posts it quotes, each once.
create function private.document_quotes(document jsonb) returns uuid[]
language plpgsql immutable set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(distinct (id #>> '{}')::uuid), '{}')
    from jsonb_path_query(document, 'lax $.** ? (@.type == "blockquote").attrs.post ? (@ != null)') as id);
end;
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
  elsif private.is_visible(private.document_text(document)) is not true
    and private.document_files(document) = '{}' then
    perform private.refuse(422, 'document_empty', 'Write something first.');
  end if;
end;
$$;
