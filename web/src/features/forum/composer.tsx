import { Button } from '@mantine/core'
import { forumLimits, RichText } from '@p2p/contracts'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDraft } from '../../lib/drafts.ts'
import { useSentence } from '../../lib/sentence.ts'
import { isBlank } from '../../ui/rich-text/document.ts'
import { RichTextEditor } from '../../ui/rich-text/lazy-editor.tsx'
import styles from './composer.module.css'

type Props = {
  /** Under which name unsent words are kept on this device. */
  draft: string
  label: string
  placeholder: string
  submitLabel: string
  initial?: RichText | null
  autoFocus?: boolean
  /** `id` stays the same until it has gone well, so that a try after a lost answer does not post twice. */
  onSubmit: (body: RichText, id: string) => Promise<unknown>
  onWriting?: () => void
  onCancel?: () => void
}

const parseDraft = (value: unknown) => RichText.safeParse(value).data ?? null

/** Where a post is written. Unsent words are kept as a draft, and a failed send keeps them in place. */
export function Composer(props: Props) {
  const { draft, label, placeholder, submitLabel, initial = null, autoFocus = false } = props
  const { onSubmit, onWriting, onCancel } = props
  const { t } = useTranslation()
  const sentence = useSentence()
  const { restore, keep, discard } = useDraft(draft, parseDraft)
  const [id, setId] = useState(() => crypto.randomUUID())
  const [body, setBody] = useState<RichText | null>(() => restore() ?? initial)
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const changed = useCallback(
    (document: unknown) => {
      const written = RichText.parse(document)
      setBody(written)
      setError(null)
      if (isBlank(written)) return discard()
      keep(written)
      onWriting?.()
    },
    [keep, discard, onWriting],
  )

  const send = async () => {
    if (!body || isBlank(body) || sending) return
    setSending(true)
    try {
      await onSubmit(body, id)
      discard()
      setBody(null)
      setId(crypto.randomUUID())
    } catch (fault) {
      setError(fault)
    } finally {
      setSending(false)
    }
  }

  return (
    <div className={styles.composer}>
      <RichTextEditor
        key={id}
        label={label}
        placeholder={placeholder}
        initial={body}
        onChange={changed}
        onSubmit={send}
        maxBytes={forumLimits.documentBytes}
        autoFocus={autoFocus}
        error={error ? sentence(error) : null}
      />
      <div className={styles.actions}>
        <Button onClick={send} loading={sending} disabled={!body || isBlank(body)}>
          {submitLabel}
        </Button>
        {onCancel && (
          <Button variant="subtle" onClick={onCancel}>
            {t('forum.cancel')}
          </Button>
        )}
        <p className={styles.help}>{t('forum.draftKept')}</p>
      </div>
    </div>
  )
}
