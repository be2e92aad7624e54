import { Button } from '@mantine/core'
import type { ModerationCase, ReviewOutcome } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Notice } from '../../../ui/notice.tsx'
import { useReview } from './actions.ts'
import styles from './moderation.module.css'
import { NoteField, useNote } from './note-field.tsx'

/** Answers an appeal, or takes a decision back that nobody appealed against. */
export function ReviewForm({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const review = useReview()
  const note = useNote()
  const isAppealed = shown.state === 'appealed'

  const settle = (outcome: ReviewOutcome) => {
    const said = note.take()
    if (said === null) return
    review.mutate({ id: shown.id, outcome, note: said, expected: shown.revision })
  }

  return (
    <section className={styles.part} aria-labelledby="review">
      <h2 id="review">{t(isAppealed ? 'moderation.answerAppeal' : 'moderation.takeBack')}</h2>
      <p className={styles.lead}>
        {t(isAppealed ? 'moderation.answerAppealLead' : 'moderation.takeBackLead')}
      </p>
      <NoteField note={note} />
      {review.error && <Notice tone="danger">{sentence(review.error)}</Notice>}
      <div className={styles.buttons}>
        <Button
          variant={isAppealed ? 'default' : 'filled'}
          loading={review.isPending && review.variables.outcome === 'overturned'}
          onClick={() => settle('overturned')}
        >
          {t('moderation.overturn')}
        </Button>
        {isAppealed && (
          <Button
            loading={review.isPending && review.variables.outcome === 'upheld'}
            onClick={() => settle('upheld')}
          >
            {t('moderation.uphold')}
          </Button>
        )}
      </div>
    </section>
  )
}
