/**
 * Everything the forum counts or keeps in order, counted anew from rows alone, without the functions that keep it. Each
 * statement answers with the rows that are not as counted: none, where all is true.
 */
export const recounts: Record<string, string> = {
  'replies, numbers and last post of topics': `
    select topics.id, topics.reply_count, numbered_to, last_number, last_post_at, counted.*
    from public.topics cross join lateral (
      select count(*) filter (where number > 1 and deleted_at is null)::int as replies, max(number) as newest,
        max(number) filter (where deleted_at is null) as newest_living
      from public.posts where topic_id = topics.id) as counted
    left join public.posts as last on last.topic_id = topics.id and last.number = newest_living
    where topics.reply_count <> replies or numbered_to <> newest
      or last_number <> coalesce(newest_living, 1)
      or last.id is not null and (last_post_at, last_author_id) is distinct from (last.created_at, last.author_id)`,

  'votes of posts': `
    select id, vote_count from public.posts
    where vote_count <> (select count(*) from public.votes where post_id = posts.id)`,

  'votes of topics, and how they trend': `
    select topics.id, topics.vote_count, topics.trend from public.topics
    join public.posts as opening on opening.topic_id = topics.id and opening.number = 1
    where topics.vote_count <> opening.vote_count
      or abs(topics.trend - (
        log(greatest(1, 3 * opening.vote_count + topics.reply_count)) + date_part('epoch', topics.created_at) / 345600)) > 1e-6`,

  'votes for oneself': `
    select votes.* from public.votes join public.posts on posts.id = post_id where user_id = author_id`,

  'numbers without a gap': `
    select topic_id from public.posts group by topic_id
    having min(number) <> 1 or max(number) <> count(*)`,

  'depths and paths': `
    with recursive tree as (
      select id, topic_id, 0 as depth, '' as path from public.posts where number = 1
      union all
      select posts.id, posts.topic_id,
        case when posts.parent_id is null then 1 else tree.depth + 1 end,
        case when posts.parent_id is null then '' else tree.path end || lpad(to_hex(posts.number), 6, '0')
      from public.posts join tree on tree.topic_id = posts.topic_id and posts.number > 1
        and (posts.parent_id = tree.id or posts.parent_id is null and tree.depth = 0))
    select posts.id, posts.depth, posts.path, tree.depth, tree.path
    from public.posts left join tree on tree.id = posts.id
    where (posts.depth, posts.path) is distinct from (tree.depth, tree.path)`,

  'answers to posts': `
    select id, reply_count from public.posts
    where number > 1 and reply_count <> (
      select count(*) from public.posts as answer where answer.parent_id = posts.id and answer.deleted_at is null)`,

  'posts of branches': `
    with recursive below as (
      select id as root, id from public.posts where depth = 1
      union all
      select below.root, posts.id from below join public.posts on posts.parent_id = below.id)
    select root.id, root.branch_count, count(*) from below
    join public.posts as root on root.id = below.root
    join public.posts as living on living.id = below.id and living.id <> root.id and living.deleted_at is null
    group by root.id, root.branch_count having root.branch_count <> count(*)
    union all
    select id, branch_count, 0 from public.posts
    where branch_count > 0 and (depth <> 1 or not exists (
      select from below join public.posts as living on living.id = below.id
      where below.root = posts.id and living.id <> posts.id and living.deleted_at is null))`,

  'best answers that are there': `
    select topics.id from public.topics left join public.posts on posts.id = answer_id
    where answer_id is not null and (
      posts.id is null or posts.topic_id <> topics.id or posts.number = 1 or posts.deleted_at is not null)`,

  'topics of categories': `
    select slug, topic_count from public.categories
    where topic_count <> (
      select count(*) from public.topics
      where category_id = categories.id and visibility = 'community' and deleted_at is null)`,

  'topics of tags': `
    select slug, topic_count from public.tags
    where topic_count <> (
      select count(*) from public.topics
      where slug = any (topics.tags) and visibility = 'community' and deleted_at is null)`,

  'topics and posts of companies': `
    select organizations.id, counts from public.organizations
    join public.organization_statistics on organization_id = organizations.id
    where coalesce((counts ->> 'topics')::int, 0) <> (
        select count(*) from public.topics where organization_id = organizations.id and deleted_at is null)
      or coalesce((counts ->> 'posts')::int, 0) <> (
        select count(*) from public.posts join public.topics on topics.id = topic_id
        where author_organization_id = organizations.id and posts.deleted_at is null and topics.deleted_at is null)`,

  revisions: `
    select id, revision from public.posts
    where revision <> 1 + (select count(*) from public.post_revisions where post_id = posts.id)`,

  // A vote for what opens a topic is worth 1, for a reply 2; a best answer to another's topic 15.
  reputation: `
    select person_id, score, votes_received, answers_given, counted.*
    from public.reputations, lateral (
      select
        coalesce(sum(posts.vote_count), 0) as votes,
        count(*) filter (where topics.answer_id = posts.id and topics.author_id <> posts.author_id) as answers,
        coalesce(sum(posts.vote_count * case posts.number when 1 then 1 else 2 end), 0) as points
      from public.posts join public.topics on topics.id = posts.topic_id
      where posts.author_id = person_id and posts.deleted_at is null
        and topics.deleted_at is null and topics.visibility = 'community') as counted
    where (votes_received, answers_given, score) is distinct from (votes, answers, points + 15 * answers)`,

  'entries of the search': `
    select coalesce(entries.id, there.id) from private.search_entries as entries
    full join (
      select id, 'topic' as kind, visibility from public.topics where deleted_at is null
      union all
      select id, 'post', visibility from public.posts where deleted_at is null and topic_deleted_at is null) as there on there.id = entries.id and there.kind = entries.kind
    where entries.visibility is distinct from there.visibility`,
}
