import { Button } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Notice } from '../../../ui/notice.tsx'
import type { useMemberAct } from './actions.ts'
import { opposites } from './acts.ts'
import styles from './members.module.css'
import { named } from './named.ts'

/** What came of the last act, and the way back where there is one. */
export function ActOutcome({ act }: { act: ReturnType<typeof useMemberAct> }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  if (act.isError) return <Notice tone="danger">{sentence(act.error)}</Notice>
  if (!act.isSuccess) return null

  const { act: done, member } = act.variables
  const opposite = opposites[done]
  return (
    <Notice tone="done">
      <p className={styles.outcome}>
        {t(`members.acts.${done}.done`, { name: named(member) })}
        {opposite && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconArrowBackUp size={16} aria-hidden="true" data-mirrored />}
            onClick={() => act.mutate({ act: opposite, member })}
          >
            {t('members.undo')}
          </Button>
        )}
      </p>
    </Notice>
  )
}
