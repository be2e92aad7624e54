import { IconChecks } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { LinkButton } from '../../../ui/link-button.tsx'
import { Page } from '../../../ui/page.tsx'
import { NewTopicsHint } from '../new-topics-hint.tsx'
import { MarkAllRead } from './mark-all-read.tsx'
import { TopicList } from './topic-list.tsx'

const asked = { unread: true } as const

/** What waits for the reader: new replies to what they follow, and topics they have not opened yet. */
export function UnreadPage() {
  const { t } = useTranslation()
  return (
    <Page
      title={t('lists.unread')}
      trail={<Link to={urls.forum}>{t('forum.title')}</Link>}
      lead={t('lists.unreadLead')}
    >
      <NewTopicsHint asked={asked} />
      <MarkAllRead />
      <TopicList
        asked={asked}
        empty={
          <EmptyState
            icon={<IconChecks size={24} stroke={1.5} />}
            title={t('lists.allRead')}
            action={
              <LinkButton to={urls.topics} variant="default">
                {t('forum.allTopics')}
              </LinkButton>
            }
          >
            {t('lists.allReadHelp')}
          </EmptyState>
        }
      />
    </Page>
  )
}
