import {
  changeMemberRole,
  deactivateMember,
  joinForum,
  joinMembers,
  listMembers,
  openTopic,
  reactivateMember,
  signIn,
} from '@p2p/client'
import { channels, UploadPlace } from '@p2p/contracts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { document, founder, member, type Person, password, rowsOf } from './companies.ts'

/* Abe is deactivated while he has pages open and a picture on its way. */

let stack: TestStack
let ada: Person
let abe: Person
beforeAll(async () => {
  stack = await startTestStack()
  ada = await member(stack, founder('Ada'))
  abe = await member(stack, founder('Abe'))
  await rowsOf(
    stack,
    `update public.memberships set organization_id = $1, role = 'member' where user_id = $2`,
    [ada.me.organization.id, abe.id],
  )
})
afterAll(() => stack?.stop())

/** The events of the company's channel, in the order somebody hears them. */
async function listening({ supabase }: Person, events: string[]): Promise<string[]> {
  await supabase.realtime.setAuth()
  const heard: string[] = []
  const channel = supabase.channel(channels.organization(ada.me.organization.id), {
    config: { private: true },
  })
  for (const event of events) channel.on('broadcast', { event }, () => heard.push(event))
  await new Promise<void>((joined) =>
    channel.subscribe((status) => {
      if (status === 'SUBSCRIBED') joined()
      else heard.push(status)
    }),
  )
  return heard
}

const openForCompany = (title: string) =>
  openTopic(ada.supabase, {
    category: 'energy',
    title,
    body: document('Ours alone.'),
    visibility: 'organization',
  })

/** A picture that is half sent, by the protocol itself (https://tus.io/protocols/resumable-upload). */
async function halfAnUpload(size: number) {
  const { data } = await abe.supabase.rpc('create_upload', {
    purpose: 'avatar',
    size,
    content_type: 'image/png',
  })
  const { bucket, path } = UploadPlace.parse(data)
  const headers = {
    apikey: stack.keys.publishable,
    authorization: `Bearer ${abe.token}`,
    'tus-resumable': '1.0.0',
  }
  const metadata = Object.entries({ bucketName: bucket, objectName: path, contentType: 'image/png' })
    .map(([key, value]) => `${key} ${btoa(value)}`)
    .join(',')
  const begun = await fetch(`${stack.urls.api}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(size), 'upload-metadata': metadata },
  })
  const place = new URL(begun.headers.get('location') ?? '', stack.urls.api).href
  const send = async (offset: number, bytes: number) => {
    const answer = await fetch(place, {
      method: 'PATCH',
      headers: {
        ...headers,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: new Uint8Array(bytes),
    })
    return answer.status
  }
  expect(await send(0, size / 2)).toBe(204)
  return { path, finish: () => send(size / 2, size / 2) }
}

test('two parts of a page hear one channel: what one leaves, the other goes on hearing', async () => {
  const [forumJoined, changed] = [vi.fn(), vi.fn()]
  const organization = ada.me.organization.id
  const forum = joinForum(ada.supabase, { organization, onTopic: () => {}, onConnection: forumJoined })
  const members = joinMembers(ada.supabase, { organization, onChange: changed })
  await expect.poll(() => forumJoined.mock.calls).toEqual([['joined'], ['joined']])
  await forum.leave()
  await changeMemberRole(ada.supabase, { member: abe.id, role: 'admin' })
  await expect.poll(() => changed.mock.calls).toContainEqual([abe.id])
  await changeMemberRole(ada.supabase, { member: abe.id, role: 'member' })
  await members.leave()
})

describe('Ada deactivates Abe', () => {
  test('he hears nothing more, reads nothing more, and what he was sending does not arrive', async () => {
    const [his, hers] = await Promise.all([
      listening(abe, ['topic_opened', 'members_changed']),
      listening(ada, ['topic_opened', 'members_changed']),
    ])
    await openForCompany('While he is here')
    await expect.poll(() => his).toContain('topic_opened')
    const upload = await halfAnUpload(2_000)

    await deactivateMember(ada.supabase, abe.id)
    await expect.poll(() => his).toContain('CLOSED')
    const heardBefore = [...his]
    await openForCompany('After he is gone')
    await expect.poll(() => hers.filter((event) => event === 'topic_opened')).toHaveLength(2)
    expect(his).toEqual(heardBefore)

    await expect(listMembers(abe.supabase)).rejects.toMatchObject({ code: 'session_ended' })
    expect((await abe.supabase.auth.refreshSession()).error).not.toBeNull()
    expect(await upload.finish()).toBeGreaterThanOrEqual(400)
    expect(await rowsOf(stack, 'select id from storage.objects where name = $1', [upload.path])).toEqual([])
  })

  test('he may sign in and is told, no more; let in again, he is back', async () => {
    const again = await signIn(abe.supabase, { email: abe.email, password, remember: false })
    expect(again.user.id).toBe(abe.id)
    const { data: me } = await abe.supabase.rpc('me')
    expect(me).toMatchObject({ status: 'deactivated' })
    await expect(listMembers(abe.supabase)).rejects.toMatchObject({ code: 'not_active' })

    await reactivateMember(ada.supabase, abe.id)
    expect((await listMembers(abe.supabase)).members.map(({ id }) => id)).toContain(abe.id)
  })

  test('what is denied is answered as what is refused: with its status and its code', async () => {
    await expect(changeMemberRole(abe.supabase, { member: abe.id, role: 'admin' })).rejects.toMatchObject({
      code: 'not_allowed',
    })
    await expect(changeMemberRole(ada.supabase, { member: ada.id, role: 'member' })).rejects.toMatchObject({
      code: 'last_admin',
    })
  })
})
