import { NativeSelect } from '@mantine/core'
import { FollowLevel, type Topic } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { useFollow } from './actions.ts'
import styles from './following.module.css'

const choices = ['watching', 'following', 'none', 'muted'] as const

/** What the topic is to the reader, with what each choice does. */
export function FollowControl({ topic }: { topic: Topic }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const follow = useFollow(topic)
  // What was chosen here is shown at once, and whatever is read of the topic meanwhile does not take it back.
  const level = follow.isPending || follow.isSuccess ? follow.variables : topic.level
  const chosen = level ?? 'none'
  return (
    <NativeSelect
      size="sm"
      className={styles.follow}
      label={t('lists.follow')}
      description={t(`lists.chooseHelp.${chosen}`)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={choices.map((value) => ({
        value,
        label:
          value === chosen
            ? t(`lists.choose.${value}`)
            : `${t(`lists.choose.${value}`)}: ${t(`lists.chooseHelp.${value}`)}`,
      }))}
      value={chosen}
      onChange={(event) => follow.mutate(FollowLevel.safeParse(event.currentTarget.value).data ?? null)}
      error={follow.isError && sentence(follow.error)}
    />
  )
}
