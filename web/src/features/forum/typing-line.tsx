import type { PersonNames } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { formatList } from '../../lib/format.ts'
import { fullName } from '../../ui/person.tsx'
import styles from './typing-line.module.css'

/** Its line is there before anybody writes, so that nothing moves. Not announced: it would talk over the reading. */
export function TypingLine({ people }: { people: readonly PersonNames[] }) {
  const { t, i18n } = useTranslation()
  const names = formatList(
    people.slice(0, 3).map((person) => fullName(person)),
    i18n.language,
  )
  return (
    <p className={styles.line} data-testid="typing">
      {people.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden="true" />
          {t('forum.typing', { count: people.length, names })}
        </>
      )}
    </p>
  )
}
