import type { ModerationCase } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { fullName } from '../../../ui/person.tsx'

type Props = { answers: NonNullable<ModerationCase['answers']>; className: string | undefined }

/** Whom and what a post answers, since words alone may say the opposite of what they say in their place. */
export function InAnswerTo({ answers, className }: Props) {
  const { t } = useTranslation()
  return (
    <p className={className}>
      {t('moderation.inAnswerTo', {
        name: answers.author ? `\u2068${fullName(answers.author)}\u2069` : t('forum.formerMember'),
      })}{' '}
      <bdi>{answers.excerpt}</bdi>
    </p>
  )
}
