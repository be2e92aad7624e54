import type { Topic } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useTemplateWords } from '../asking/template-words.ts'
import { useCategoryWords } from '../category-name.ts'
import styles from './topic-facts.module.css'

/** What a topic says of itself before anybody speaks: the answers its category asked for, and its tags. */
export function TopicFacts({ topic }: { topic: Pick<Topic, 'template_answers' | 'tags'> }) {
  const { t } = useTranslation()
  const asked = useTemplateWords()
  const words = useCategoryWords()
  const answers = topic.template_answers ?? []
  if (answers.length === 0 && topic.tags.length === 0) return null
  return (
    <div className={styles.facts}>
      {answers.length > 0 && (
        <dl className={styles.answers} aria-label={t('asking.answers')}>
          {answers.map((field) => (
            <div key={field.key} className={styles.answer}>
              <dt>{asked.label(field)}</dt>
              <dd dir="auto">{field.answer}</dd>
            </div>
          ))}
        </dl>
      )}
      {topic.tags.length > 0 && (
        <ul className={styles.tags} aria-label={t('asking.tags')}>
          {topic.tags.map((tag) => (
            <li key={tag.slug}>
              <Link to={urls.topics} search={{ tag: tag.slug }} className={styles.tag}>
                {words.name(tag)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
