import { z } from 'zod'

const Found = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Mail = z.object({ Subject: z.string(), HTML: z.string() })
export type Mail = z.infer<typeof Mail>

const patience = 10_000

/** Waits for the nth mail to somebody (the first is 1), of those that are meant, and reads it. */
export async function mailTo(
  catcher: string,
  address: string,
  nth = 1,
  isMeant: (mail: Mail) => boolean = () => true,
): Promise<Mail> {
  const read = async (path: string) => (await fetch(`${catcher}/api/v1/${path}`)).json()
  const deadline = Date.now() + patience
  for (;;) {
    const { messages } = Found.parse(await read(`search?query=to:${address}`))
    const mails = await Promise.all(messages.map(async ({ ID }) => Mail.parse(await read(`message/${ID}`))))
    const wanted = mails.filter(isMeant).at(-nth)
    if (wanted) return wanted
    if (Date.now() > deadline) throw new Error(`Mail ${nth} to ${address} did not come.`)
    await new Promise((tick) => setTimeout(tick, 50))
  }
}

/** The token that a mail of Auth links to. */
export function tokenIn({ HTML }: Mail): string {
  const token = /token_hash=([0-9a-f]+)/.exec(HTML)?.[1]
  if (!token) throw new Error('There is no token in this mail.')
  return token
}
