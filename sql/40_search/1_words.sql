/*
 * Search, words — what is written and what is asked for, in one spelling.
 *
 * A word is one stem: both languages are folded (00) and each word is stemmed in
 * the language of its script, so that one column answers mixed text.
 */

/*
 * Folded, and without the Arabic article and what is written as one with it (and, so,
 * by, like, for): the stemmer leaves some of it, and takes more from a word with
 * the article than from the same word without.
 */
create function private.search_text(text text) returns text
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return regexp_replace(regexp_replace(private.fold(coalesce(search_text.text, '')),
    '(^|[^\u0621-\u064A])[وفبك]?ال(?=[\u0621-\u064A]{2})', '\1', 'g'),
    '(^|[^\u0621-\u064A])[وف]?لل(?=[\u0621-\u064A]{2})', '\1', 'g');
end;
$$;

create function private.search_vector(text text) returns tsvector
language plpgsql immutable parallel safe set search_path = ''
as $$
begin
  return (
    select to_tsvector('pg_catalog.english', regexp_replace(said, '[\u0600-\u06FF]+', ' ', 'g'))
      || to_tsvector('pg_catalog.arabic', regexp_replace(said, '[a-z]+', ' ', 'g'))
    from private.search_text(search_vector.text) as said);
end;
$$;

-- What is asked for, word by word, in the spelling of search. At most eight: more narrow nothing that eight do not. Cut again once it is folded: ﷺ is eighteen letters.
create function private.search_words(query text) returns text[]
language sql immutable parallel safe set search_path = ''
as $$
  select coalesce((array_remove(
    regexp_split_to_array(left(private.search_text(left(query, 200)), 200), '[^[:alnum:]]+'), ''))[:8], '{}')
$$;

-- A word's stem, null for a word that says nothing (the, of, في). What is still being typed (`open`) is the beginning of one.
create function private.search_term(word text, open boolean) returns tsquery
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when numnode(stemmed) = 0 then null
    when open then (stemmed::text || ':*')::tsquery || (quote_literal(word) || ':*')::tsquery
    else stemmed
  end
  from (
    select case when word ~ '[a-z]' then plainto_tsquery('pg_catalog.english', word)
      else plainto_tsquery('pg_catalog.arabic', word) end as stemmed) as asked
$$;

-- All words; the last may be the beginning of one, from three letters on.
create function private.search_query(words text[]) returns tsquery
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  asked tsquery;
  term tsquery;
begin
  for place in 1 .. cardinality(words) loop
    term := private.search_term(words[place], place = cardinality(words) and length(words[place]) >= 3);
    asked := case when term is null then asked when asked is null then term else asked && term end;
  end loop;
  return asked;
end;
$$;
