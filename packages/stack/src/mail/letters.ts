import { randomBytes } from 'node:crypto'
import PostalMime, { type Address, type Email } from 'postal-mime'

export type Person = { Name: string; Address: string }

/** A caught mail, in the words of Mailpit's API. */
export type Letter = {
  ID: string
  raw: Buffer
  /** What the sender said in SMTP: where it really went, blind copies too. */
  envelope: { from: string; to: string[] }
  received: Date
  parsed: Email
}

/** The mails caught since the start, newest first; the oldest make room for new ones. */
export class Letters {
  #letters: Letter[] = []
  readonly #most: number
  constructor(most = 500) {
    this.#most = most
  }

  async add(raw: Buffer, envelope: Letter['envelope']): Promise<void> {
    const parsed = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' })
    this.#letters.unshift({
      ID: randomBytes(11).toString('base64url'),
      raw,
      envelope,
      received: new Date(),
      parsed,
    })
    this.#letters.length = Math.min(this.#letters.length, this.#most)
  }

  all(): readonly Letter[] {
    return this.#letters
  }

  find(id: string): Letter | undefined {
    return id === 'latest' ? this.#letters[0] : this.#letters.find(({ ID }) => ID === id)
  }

  /** Removes those named, or all. */
  remove(ids: readonly string[]): void {
    this.#letters = ids.length === 0 ? [] : this.#letters.filter(({ ID }) => !ids.includes(ID))
  }
}

const personOf = (address: Address | undefined): Person => ({
  Name: address?.name ?? '',
  Address: address?.address ?? '',
})
const peopleOf = (addresses: Address[] | undefined) => (addresses ?? []).map(personOf)

const snippet = ({ text = '', html = '' }: Email) =>
  (text || html.replace(/<(style|head)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 250)

const shared = ({ ID, raw, parsed }: Letter) => ({
  ID,
  MessageID: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
  From: personOf(parsed.from),
  To: peopleOf(parsed.to),
  Cc: peopleOf(parsed.cc),
  Bcc: peopleOf(parsed.bcc),
  ReplyTo: peopleOf(parsed.replyTo),
  Subject: parsed.subject ?? '',
  Tags: [],
  Size: raw.length,
})

/** As in a list. */
export const summaryOf = (letter: Letter) => ({
  ...shared(letter),
  Read: false,
  Created: letter.received.toISOString(),
  Attachments: letter.parsed.attachments.length,
  Snippet: snippet(letter.parsed),
})

/** As by itself. */
export const detailOf = (letter: Letter) => ({
  ...shared(letter),
  ReturnPath: letter.envelope.from,
  Date: letter.parsed.date ?? letter.received.toISOString(),
  Text: letter.parsed.text ?? '',
  HTML: letter.parsed.html ?? '',
  Inline: [],
  Attachments: letter.parsed.attachments.map((attachment, index) => ({
    PartID: String(index),
    FileName: attachment.filename ?? '',
    ContentType: attachment.mimeType,
    ContentID: attachment.contentId ?? '',
    Size: typeof attachment.content === 'string' ? attachment.content.length : attachment.content.byteLength,
  })),
})
