import { NativeSelect } from '@mantine/core'
import { moderationLimits } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { useSetRules } from './actions.ts'
import styles from './moderation.module.css'
import { postingRulesQuery } from './queries.ts'

const amounts = Array.from({ length: moderationLimits.heldFirstPostsMax + 1 }, (_, count) => count)

/** How many first posts of a new account wait for a moderator, for platform admins. */
export function RulesPage() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const rules = useQuery(postingRulesQuery)
  const set = useSetRules()
  const chosen = set.isPending ? set.variables : rules.data
  return (
    <Page title={t('moderation.rules')} lead={t('moderation.rulesLead')}>
      <div className={styles.parts}>
        {rules.isPending && <SkeletonList label={t('ui.loading')} rows={1} kind="row" />}
        {rules.isError && !rules.data && (
          <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
        )}
        {chosen && (
          <NativeSelect
            label={t('moderation.heldFirstPosts')}
            description={t('moderation.heldFirstPostsHelp')}
            value={String(chosen.held_first_posts)}
            disabled={set.isPending}
            onChange={({ target }) => set.mutate({ held_first_posts: Number(target.value) })}
            data={amounts.map((count) => ({
              value: String(count),
              label: count === 0 ? t('moderation.nothingHeld') : t('moderation.heldAmount', { count }),
            }))}
          />
        )}
        {set.error && <Notice tone="danger">{sentence(set.error)}</Notice>}
        {set.isSuccess && <Notice tone="done">{t('moderation.rulesSaved')}</Notice>}
      </div>
    </Page>
  )
}
