import { Button, Textarea } from '@mantine/core'
import { type Judgement, moderationLimits } from '@p2p/contracts'
import { IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { RichText } from '../../../ui/rich-text/rich-text.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { documentLinks } from '../documents/document-links.tsx'
import { useAppeal } from './actions.ts'
import { Judged } from './judged.tsx'
import styles from './moderation.module.css'
import { OwnHeld } from './own-held-post.tsx'
import { standingQuery } from './queries.ts'

/** What waits for moderators, what they decided about the reader's posts, and where to appeal. */
export function StandingPage() {
  const { t } = useTranslation()
  const standing = useQuery({ ...standingQuery, refetchOnMount: 'always', refetchInterval: 30_000 })
  const { held, decisions } = standing.data ?? {}
  return (
    <Page title={t('moderation.standing')} lead={t('moderation.standingLead')}>
      {standing.isPending && <SkeletonList label={t('ui.loading')} rows={3} kind="post" />}
      {standing.isError && !decisions && (
        <ErrorState error={standing.error} onRetry={() => void standing.refetch()} />
      )}
      {decisions?.length === 0 && held?.length === 0 && (
        <EmptyState icon={<IconShieldCheck size={24} stroke={1.5} />} title={t('moderation.nothingAboutYou')}>
          {t('moderation.nothingAboutYouHelp')}
        </EmptyState>
      )}
      <ul className={styles.parts}>
        {held?.map((each) => (
          <li key={each.id} className={styles.part}>
            <OwnHeld held={each} />
          </li>
        ))}
        {decisions?.map((judged) => (
          <li key={judged.id} className={styles.part}>
            <Decision judged={judged} />
          </li>
        ))}
      </ul>
    </Page>
  )
}

function Decision({ judged }: { judged: Judgement }) {
  const { t } = useTranslation()
  return (
    <>
      <Judged judged={judged} level="author" />
      {judged.body && (
        <div className={styles.words}>
          <RichText document={judged.body} links={documentLinks} />
        </div>
      )}
      {judged.topic && (
        <p className={styles.meta}>
          {judged.topic.deleted_at ? (
            <bdi>{judged.topic.title}</bdi>
          ) : (
            <Link
              to={urls.topic}
              params={{ topic: judged.topic.id }}
              {...(judged.post && { hash: `post-${judged.post}` })}
            >
              <bdi>{judged.topic.title}</bdi>
            </Link>
          )}
        </p>
      )}
      {judged.state === 'appealed' && <Notice tone="info">{t('moderation.appealWaits')}</Notice>}
      {judged.state === 'decided' && <AppealForm id={judged.id} />}
    </>
  )
}

function AppealForm({ id }: { id: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const appeal = useAppeal()
  const [opened, setOpened] = useState(false)
  const [text, setText] = useState('')
  const [isShort, setIsShort] = useState(false)
  const send = () => {
    if (text.trim().length < moderationLimits.appealMin) return setIsShort(true)
    appeal.mutate({ id, text: text.trim() })
  }
  if (!opened) {
    return (
      <div>
        <Button variant="default" onClick={() => setOpened(true)}>
          {t('moderation.appeal')}
        </Button>
      </div>
    )
  }
  return (
    <div className={styles.form}>
      <Textarea
        label={t('moderation.appealLabel')}
        description={t('moderation.appealHelp')}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          setIsShort(false)
        }}
        maxLength={moderationLimits.appealMax}
        autosize
        minRows={4}
        error={isShort && t('errors.appeal_invalid')}
        {...ownDirection}
      />
      {appeal.error && <Notice tone="danger">{sentence(appeal.error)}</Notice>}
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => setOpened(false)}>
          {t('forum.cancel')}
        </Button>
        <Button loading={appeal.isPending} onClick={send}>
          {t('moderation.sendAppeal')}
        </Button>
      </div>
    </div>
  )
}
