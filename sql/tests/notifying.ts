import { type Db, type Person, paragraphs } from '@p2p/database/testing'

/** Opens a topic for others to answer. */
export const open = async (db: Db, by: Person, visibility = 'community') => {
  await db.as(by)
  const [row] = await db.sql`
    select open_topic('quality', 'Porosity in castings', ${paragraphs('We see pores.')}, ${visibility}) as id`
  return row!.id as string
}

/** Answers a topic, or a post in it, with a text or a document. */
export const answer = async (
  db: Db,
  by: Person,
  topic: string,
  text: string | object,
  parent: string | null = null,
) => {
  await db.as(by)
  const body = typeof text === 'string' ? paragraphs(text) : text
  const [row] = await db.sql`select reply(${topic}, ${body}, ${parent}) ->> 'id' as id`
  return row!.id as string
}

/** A document that mentions these people and says nothing else. */
export const mentioning = (...people: Person[]) => ({
  type: 'doc',
  content: [
    {
      type: 'paragraph',
      content: people.map(({ id }) => ({ type: 'mention', attrs: { id, label: 'Somebody' } })),
    },
  ],
})

/** A notice as the notification centre shows it: what tests ask of it. */
export type Notice = {
  id: string
  kind: string
  count: number
  actors: { first_name: string }[]
  post: { number: number }
}

/** What the person finds in their notification centre, the newest first. */
export const told = async (db: Db, person: Person, unreadOnly = false): Promise<Notice[]> => {
  await db.as(person)
  const [row] = await db.sql`select list_notifications(null, 20, ${unreadOnly}) as list`
  return row!.list.notifications
}

/** How many notices they have not read. */
export const unread = async (db: Db, person: Person): Promise<number> => {
  await db.as(person)
  return (await db.sql`select unread_notifications() as count`)[0]!.count
}

/** Sets what a topic is to the person, and how far they have read it. */
export const follow = async (db: Db, person: Person, topic: string, level: string | null, read = 0) => {
  await db.asOwner()
  await db.sql`
    insert into topic_readers (user_id, topic_id, level, read_number) values (${person.id}, ${topic}, ${level}, ${read})
    on conflict (user_id, topic_id) do update set level = excluded.level, read_number = excluded.read_number`
}

/** Says for the person how they want to be told of a kind. */
export const prefer = async (db: Db, person: Person, kind: string, inApp: boolean, email: string) => {
  await db.as(person)
  await db.sql`select set_notification_preference(${kind}, ${inApp}, ${email})`
}

/** The mails about notices that wait for the person or have gone, with how much each says. */
export const mails = async (db: Db, person: Person) => {
  await db.asOwner()
  return db.sql`
    select mail.id, pace, due_at, (select count(*)::int from notification_events where mail_id = mail.id) as says
    from private.notification_mails as mail where user_id = ${person.id} order by due_at`
}
