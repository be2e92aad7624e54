import { Button } from '@mantine/core'
import { readDraft } from '@p2p/client'
import type { DraftEntry } from '@p2p/contracts'
import { IconMessage, IconMessages, IconPencil, IconPencilPlus, type TablerIcon } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { supabase } from '../../../lib/supabase.ts'
import { Notice } from '../../../ui/notice.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import rows from '../../../ui/row.module.css'
import { CopyWords } from './copy-words.tsx'
import { type DraftTarget, targetOf } from './draft-target.ts'
import styles from './drafts.module.css'
import { useBringBack, useThrowAway } from './queries.ts'

const icons: Record<DraftTarget['kind'], TablerIcon> = {
  topic: IconPencilPlus,
  reply: IconMessage,
  answer: IconMessages,
  edit: IconPencil,
}

/** A draft, where it belongs, and a way on; one that was thrown away stays until the page is left, and can come back. */
export function DraftRow({ draft }: { draft: DraftEntry }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const [isGone, setGone] = useState(false)
  const throwAway = useThrowAway()
  const bringBack = useBringBack()
  const target = targetOf(draft.key)
  const isReachable = target.kind === 'topic' || draft.topic !== null
  const mayGoOn = isReachable && !draft.locked && !draft.gone
  const title = draft.title?.trim() || t(isReachable ? 'drafts.untitled' : 'drafts.unreachable')
  const Icon = icons[target.kind]
  const named = `\u2068${title}\u2069`
  const fault = throwAway.error ?? bringBack.error

  const toggle = () => {
    if (!isGone) throwAway.mutate(draft.key, { onSuccess: () => setGone(true) })
    else if (throwAway.data) bringBack.mutate(throwAway.data, { onSuccess: () => setGone(false) })
  }

  return (
    <li className={rows.rowWithState} data-gone={isGone || undefined}>
      <span className={rows.icon}>
        <Icon size={20} stroke={1.5} aria-hidden="true" />
      </span>
      <div className={rows.main}>
        <h2 className={rows.title} dir="auto">
          {isReachable && !isGone ? (
            <Place draft={draft} target={target} mayGoOn={mayGoOn} title={title} />
          ) : (
            title
          )}
        </h2>
        {draft.excerpt && (
          <p className={rows.glance} dir="auto">
            {draft.excerpt}
          </p>
        )}
        <p className={rows.meta} role="status">
          {isGone ? (
            t('drafts.thrownAway')
          ) : (
            <>
              <span>{t(`drafts.kinds.${target.kind}`)}</span>
              {draft.locked && <span>{t('drafts.locked')}</span>}
              {isReachable && draft.gone && <span>{t('drafts.gone')}</span>}
              <RelativeTime at={draft.updated_at} />
            </>
          )}
        </p>
        {!mayGoOn && !isGone && (
          <CopyWords wordsOf={async () => (await readDraft(supabase, draft.key))?.content.body} />
        )}
        {fault && <Notice tone="danger">{sentence(fault)}</Notice>}
      </div>
      <p className={rows.state}>
        <Button
          variant="default"
          size="sm"
          className={styles.act}
          loading={throwAway.isPending || bringBack.isPending}
          disabled={isGone && !throwAway.data}
          aria-label={t(isGone ? 'drafts.bringBackNamed' : 'drafts.throwAwayNamed', { title: named })}
          onClick={toggle}
        >
          {t(isGone ? 'drafts.bringBack' : 'drafts.throwAway')}
        </Button>
      </p>
    </li>
  )
}

type PlaceProps = { draft: DraftEntry; target: DraftTarget; mayGoOn: boolean; title: string }

function Place({ draft, target, mayGoOn, title }: PlaceProps) {
  if (target.kind === 'topic' || !draft.topic) {
    return (
      <Link to={urls.newTopic} className={rows.link}>
        {title}
      </Link>
    )
  }
  if (!mayGoOn) {
    return (
      <Link to={urls.topic} params={{ topic: draft.topic }} className={rows.link}>
        {title}
      </Link>
    )
  }
  return (
    <Link
      to={urls.topic}
      params={{ topic: draft.topic }}
      search={{ write: target.kind === 'edit' ? 'edit' : 'reply' }}
      {...(target.post && { hash: `post-${target.post}` })}
      className={rows.link}
    >
      {title}
    </Link>
  )
}
