import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { LogSearch } from './filters.ts'
import { useLineWords } from './line-words.tsx'
import styles from './log-filters.module.css'

type Props = { search: LogSearch; onChange: (search: LogSearch) => void }

/** Kept in the address, so that what was found can be sent to somebody. */
export function LogFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const actions = useActions()
  const set = (change: Partial<LogSearch>) => onChange({ ...search, ...change })
  const narrowed = Object.values(search).some((value) => value !== undefined)
  return (
    <search aria-label={t('audit.filters')} className={styles.filters}>
      <NativeSelect
        label={t('audit.action')}
        value={search.action ?? ''}
        onChange={({ target }) => set({ action: target.value || undefined })}
        data={[{ value: '', label: t('audit.anyAction') }, ...actions]}
      />
      <NativeSelect
        label={t('audit.outcome')}
        value={search.outcome ?? ''}
        onChange={({ target }) =>
          set({ outcome: target.value === 'done' || target.value === 'refused' ? target.value : undefined })
        }
        data={[
          { value: '', label: t('audit.anyOutcome') },
          { value: 'done', label: t('audit.outcomes.done') },
          { value: 'refused', label: t('audit.outcomes.refused') },
        ]}
      />
      <TextInput
        type="date"
        label={t('audit.since')}
        value={search.since ?? ''}
        {...(search.until && { max: search.until })}
        onChange={({ target }) => set({ since: target.value || undefined })}
      />
      <TextInput
        type="date"
        label={t('audit.until')}
        value={search.until ?? ''}
        {...(search.since && { min: search.since })}
        onChange={({ target }) => set({ until: target.value || undefined })}
      />
      <div className={styles.chosen}>
        {search.actor && <Chosen onRemove={() => set({ actor: undefined })}>{t('audit.onlyActor')}</Chosen>}
        {search.subject && (
          <Chosen onRemove={() => set({ subject: undefined })}>{t('audit.onlySubject')}</Chosen>
        )}
        {search.organization && (
          <Chosen onRemove={() => set({ organization: undefined })}>{t('audit.onlyOrganization')}</Chosen>
        )}
        {narrowed && (
          <Button variant="subtle" size="sm" onClick={() => onChange({})}>
            {t('audit.clear')}
          </Button>
        )}
      </div>
    </search>
  )
}

function Chosen({ children, onRemove }: { children: string; onRemove: () => void }) {
  return (
    <Button
      variant="light"
      size="sm"
      onClick={onRemove}
      rightSection={<IconX size={14} aria-hidden="true" />}
    >
      {children}
    </Button>
  )
}

/** Every act that has words, by its name in the reader's language. */
function useActions() {
  const { t, i18n } = useTranslation()
  const words = useLineWords()
  const tree = t('audit.actions', { returnObjects: true }) as Record<string, Record<string, object>>
  return Object.entries(tree)
    .flatMap(([feature, acts]) => Object.keys(acts).map((act) => `${feature}.${act}`))
    .map((action) => ({ value: action, label: words.actionName(action) }))
    .toSorted((one, other) => one.label.localeCompare(other.label, i18n.language))
}
