import styles from './person.module.css'

type Names = { first_name: string; last_name: string }

export const fullName = ({ first_name, last_name }: Names) => `${first_name} ${last_name}`.trim()

// The Arabic article begins every second family name and tells nobody apart.
const initial = (word: string) => Array.from(word.trim().replace(/^ال(?=..)/, ''))[0] ?? ''

/** The letters stand for a name that is always written beside it, or in the label. */
export function Avatar({
  person,
  size = 'md',
  label,
}: {
  person: Names
  size?: 'sm' | 'md'
  label?: string
}) {
  // Joined Arabic letters would read as a word; a thin space keeps two initials two.
  const letters = `${initial(person.first_name)}\u200A\u200C${initial(person.last_name)}`
  return label ? (
    <span className={styles.avatar} data-size={size} role="img" aria-label={label} title={label}>
      {letters}
    </span>
  ) : (
    <span className={styles.avatar} data-size={size} aria-hidden="true">
      {letters}
    </span>
  )
}

export function PersonName({ person }: { person: Names }) {
  return (
    <span className={styles.name} dir="auto">
      {fullName(person)}
    </span>
  )
}
