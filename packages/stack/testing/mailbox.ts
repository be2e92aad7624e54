import { z } from 'zod'

const Found = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Mail = z.object({ Subject: z.string(), HTML: z.string() })
export type Mail = z.infer<typeof Mail>

const patience = 10_000

/** Waits for the nth mail to somebody (the first is 1) and reads it. */
export async function mailTo(catcher: string, address: string, nth = 1): Promise<Mail> {
  const deadline = Date.now() + patience
  for (;;) {
    const { messages } = Found.parse(
      await (await fetch(`${catcher}/api/v1/search?query=to:${address}`)).json(),
    )
    const wanted = messages.at(-nth)
    if (wanted) return Mail.parse(await (await fetch(`${catcher}/api/v1/message/${wanted.ID}`)).json())
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
