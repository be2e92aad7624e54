import type { Post } from '@p2p/contracts'
import { IconCircleCheckFilled } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fullName, PersonName } from '../../../ui/person.tsx'
import { RichText } from '../../../ui/rich-text/rich-text.tsx'
import { documentLinks } from '../documents/document-links.tsx'
import { goToPost } from '../post-place.ts'
import { excerptOf } from './excerpt.ts'
import styles from './votes.module.css'

/** So much of an answer stands on top of the topic before one asks for more, in characters. */
const firstGlance = 600

/** The best answer, right below the question; it stands in its place among the replies too. */
export function TopicAnswer({ answer }: { answer: Post | null }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  if (!answer) return null
  const excerpt = excerptOf(answer.body, firstGlance)
  const isLong = excerpt.endsWith('…')
  const name = answer.author ? fullName(answer.author) : t('forum.formerMember')
  return (
    <section className={styles.answer} aria-labelledby="best-answer">
      <h2 id="best-answer" className={styles.answerTitle}>
        <IconCircleCheckFilled size={20} aria-hidden="true" />
        {t('votes.bestAnswer')}
        <span className={styles.by}>
          {answer.author ? <PersonName person={answer.author} /> : t('forum.formerMember')}
        </span>
      </h2>
      {isLong && !all ? (
        <p className={styles.excerpt} dir="auto">
          {excerpt}
        </p>
      ) : (
        <RichText document={answer.body} links={documentLinks} />
      )}
      <p className={styles.ways}>
        {isLong && (
          <button type="button" className={styles.way} aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? 'votes.showLess' : 'votes.showAll')}
          </button>
        )}
        <a
          href={`#post-${answer.id}`}
          className={styles.way}
          aria-label={t('votes.goToAnswer', { name })}
          onClick={(event) => {
            if (goToPost(answer.id)) event.preventDefault()
          }}
        >
          {t('votes.inItsPlace')}
        </a>
      </p>
    </section>
  )
}
