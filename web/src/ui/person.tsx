import type { Picture as Ready } from '@p2p/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLocale } from '../lib/i18n.ts'
import styles from './person.module.css'
import { Picture, widths } from './picture.tsx'

type Names = {
  first_name: string
  last_name: string
  first_name_ar?: string | null
  last_name_ar?: string | null
}
type Face = Names & { avatar?: Ready | null }

/** The name in the reader's script, where the person has told it. */
const namesOf = (person: Names, language: string): { first: string; last: string } =>
  language === 'ar' && person.first_name_ar && person.last_name_ar
    ? { first: person.first_name_ar, last: person.last_name_ar }
    : { first: person.first_name, last: person.last_name }

/** Stands where the account of an author is gone. */
export const nobody = { first_name: '–', last_name: '' } as const

export function fullName(person: Names): string {
  const { first, last } = namesOf(person, currentLocale())
  return `${first} ${last}`.trim()
}

// The Arabic article begins every second family name and tells nobody apart.
const initial = (word: string) => Array.from(word.trim().replace(/^ال(?=..)/, ''))[0] ?? ''

type AvatarProps = { person: Face; size?: keyof typeof widths; label?: string }

/** A face, or the letters that stand for a name that is always written beside it, or in the label. */
export function Avatar({ person, size = 'md', label }: AvatarProps) {
  const { i18n } = useTranslation()
  const { first, last } = namesOf(person, i18n.language)
  const face = (
    <Picture picture={person.avatar} alt="" sizes={widths[size]}>
      {/* Joined Arabic letters would read as a word; a thin space keeps two initials two. */}
      {`${initial(first)}\u200A\u200C${initial(last)}`}
    </Picture>
  )
  return label ? (
    <span className={styles.avatar} data-size={size} role="img" aria-label={label} title={label}>
      {face}
    </span>
  ) : (
    <span className={styles.avatar} data-size={size} aria-hidden="true">
      {face}
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

type CardProps = {
  person: Face & { job_title: string | null; organization: { name: string } | null }
  /** The name, where it is more than text: a heading, a link. */
  name?: ReactNode
  size?: keyof typeof widths
  children?: ReactNode
}

/** Who somebody is, at a glance: face, name, what they do and where. */
export function PersonCard({ person, name, size = 'lg', children }: CardProps) {
  return (
    <div className={styles.card}>
      <Avatar person={person} size={size} />
      <div className={styles.words}>
        {name ?? <PersonName person={person} />}
        {person.job_title && <bdi className={styles.job}>{person.job_title}</bdi>}
        {person.organization && <bdi className={styles.place}>{person.organization.name}</bdi>}
        {children}
      </div>
    </div>
  )
}

/** What somebody knows about. */
export function Tags({ label, tags }: { label: string; tags: readonly string[] }) {
  return (
    <ul aria-label={label} className={styles.tags}>
      {tags.map((tag) => (
        <li key={tag} dir="auto">
          {tag}
        </li>
      ))}
    </ul>
  )
}
