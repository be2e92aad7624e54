import { Button } from '@mantine/core'
import { Held } from '@p2p/client'
import { RichText } from '@p2p/contracts'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { isBlank } from '../../ui/rich-text/document.ts'
import { RichTextEditor } from '../../ui/rich-text/lazy-editor.tsx'
import { SendButton } from '../../ui/send-button.tsx'
import { DraftElsewhere, DraftPlace } from './asking/draft-place.tsx'
import { useKeptDraft } from './asking/use-kept-draft.ts'
import { UploadList } from './attachments/upload-list.tsx'
import { useUploads } from './attachments/use-uploads.ts'
import styles from './composer.module.css'
import { documentLinks } from './documents/document-links.tsx'
import { findPeople } from './documents/find-people.ts'
import { CopyWords } from './drafts/copy-words.tsx'
import { PostWaits, useFirstPostsWait, WillWait } from './moderation/post-waits.tsx'
import { useWritingPause, WritingPaused } from './moderation/writing-paused.tsx'

type Props = {
  /** Under which key unsent words are kept, here and on the server: `reply:<topic>`, `reply:<topic>:<post>`, `edit:<post>`. */
  draft: string
  label: string
  placeholder: string
  submitLabel: string
  initial?: RichText | null
  autoFocus?: boolean
  /** Appended to what is written, with an empty line after it, whenever `key` changes. */
  quote?: { key: string; nodes: unknown[] } | null
  /** Whether the whole community reads what is written here, so that it may have to wait for a moderator. */
  isForAll?: boolean
  /** Why nothing can be sent from here any more, or null. What was written stays as it is. */
  closed?: string | null
  /** `id` stays the same until it has gone well, so that a try after a lost answer does not post twice. */
  onSubmit: (body: RichText, id: string) => Promise<unknown>
  onWriting?: () => void
  onCancel?: () => void
}

const Written = z.object({ body: RichText })
const parseDraft = (value: unknown) => Written.safeParse(value).data ?? null

const withQuote = (body: RichText | null, nodes: unknown[]): RichText => ({
  type: 'doc',
  content: [...(isBlank(body) ? [] : (body?.content ?? [])), ...nodes, { type: 'paragraph' }],
})

/** Where a post is written. Unsent words are kept as a draft, and a failed send keeps them in place. */
export function Composer({ closed = null, ...props }: Props) {
  const pause = useWritingPause()
  const why = pause ? <WritingPaused until={pause} /> : closed && <Notice tone="info">{closed}</Notice>
  return <Writer {...props} closed={why || null} />
}

function Writer(props: Omit<Props, 'closed'> & { closed: ReactNode }) {
  const { draft, label, placeholder, submitLabel, initial = null, autoFocus = false, quote = null } = props
  const { isForAll = false, closed, onSubmit, onWriting, onCancel } = props
  const { t } = useTranslation()
  const sentence = useSentence()
  const kept = useKeptDraft(draft, parseDraft)
  const { keep, discard, arrived, isGone } = kept
  const [id, setId] = useState(() => crypto.randomUUID())
  const [begunWith] = useState(initial)
  const [body, setBody] = useState<RichText | null>(kept.restored?.body ?? initial)
  // The editor reads its words once: others are another editor's.
  const [round, setRound] = useState(0)
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [waits, setWaits] = useState(false)
  const willWait = useFirstPostsWait() && isForAll
  const files = useUploads(draft)

  // What stands there now: it is sent as soon as it is typed, and may be drawn a moment later.
  const words = useRef(body)
  const write = useCallback((written: RichText | null) => {
    words.current = written
    setBody(written)
  }, [])
  const show = useCallback(
    (written: RichText | null) => {
      write(written)
      setRound((round) => round + 1)
    },
    [write],
  )

  useEffect(() => {
    if (arrived) show(arrived.body)
  }, [arrived, show])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what there was to begin with, once
  useEffect(() => {
    if (isGone) show(initial)
  }, [isGone])

  const quoted = quote?.key
  const appended = useRef<string>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: appended once for each quote, whatever else changes
  useEffect(() => {
    // What is on its way stays as it is; the quote comes after it.
    if (!quote || sending || quote.key === appended.current) return
    appended.current = quote.key
    const quoting = withQuote(words.current, quote.nodes)
    setWaits(false)
    show(quoting)
    keep({ body: quoting })
  }, [quoted, sending])

  const changed = useCallback(
    (document: unknown) => {
      const written = RichText.parse(document)
      write(written)
      setError(null)
      if (isBlank(written)) return discard()
      keep({ body: written })
      onWriting?.()
    },
    [write, keep, discard, onWriting],
  )

  const beginAnew = () => {
    discard()
    files.acts.clear()
    show(null)
    setId(crypto.randomUUID())
  }

  const send = async () => {
    const said = words.current
    if (!said || isBlank(said) || sending || closed || files.waiting > 0) return
    setSending(true)
    setError(null)
    try {
      await onSubmit(said, id)
      beginAnew()
    } catch (fault) {
      if (!(fault instanceof Held)) return setError(fault)
      beginAnew()
      setWaits(true)
    } finally {
      setSending(false)
    }
  }

  const take = (other: RichText) => {
    show(other)
    kept.settle({ body: other })
  }

  if (waits) return <PostWaits onMore={() => setWaits(false)} {...(onCancel && { onClose: onCancel })} />
  const closeButton = onCancel && (
    <Button variant="subtle" onClick={onCancel}>
      {t(closed ? 'ui.close' : 'forum.cancel')}
    </Button>
  )
  if (closed && (isBlank(body) || body === begunWith)) {
    return (
      <div className={styles.composer}>
        {closed}
        {closeButton && <div className={styles.actions}>{closeButton}</div>}
      </div>
    )
  }
  return (
    <div className={styles.composer}>
      {closed || (willWait && <WillWait />)}
      {kept.elsewhere && (
        <DraftElsewhere
          disabled={sending}
          onTake={() => kept.elsewhere && take(kept.elsewhere.body)}
          onKeep={() => body && kept.settle({ body })}
        />
      )}
      <RichTextEditor
        key={round}
        label={label}
        placeholder={placeholder}
        initial={body}
        onChange={changed}
        onSubmit={send}
        findPeople={findPeople}
        links={documentLinks}
        onFiles={files.acts.add}
        onPut={files.acts.attach}
        autoFocus={autoFocus || quote !== null}
        error={error ? sentence(error) : null}
        readOnly={sending || closed !== null}
      />
      <UploadList {...files} mayRetry={!sending && !closed} />
      <div className={styles.actions}>
        {closed ? (
          <CopyWords wordsOf={() => words.current} />
        ) : (
          <SendButton onClick={send} sending={sending} disabled={!body || isBlank(body) || files.waiting > 0}>
            {submitLabel}
          </SendButton>
        )}
        {closeButton}
        {!closed && <DraftPlace onServer={kept.onServer} className={styles.help} />}
      </div>
    </div>
  )
}
