import { Button, NativeSelect, Radio } from '@mantine/core'
import { CaseDecision, caseDecisions, type ModerationCase } from '@p2p/contracts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Notice } from '../../../ui/notice.tsx'
import { useDecide } from './actions.ts'
import styles from './moderation.module.css'
import { NoteField, useNote } from './note-field.tsx'

const pauses = [1, 3, 7, 30, 90, 365]
const day = 86_400_000

export function DecideForm({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const decide = useDecide()
  const [decision, setDecision] = useState<CaseDecision>('keep')
  const note = useNote()
  const [days, setDays] = useState('7')
  const isThere = shown.post !== null && !shown.post.deleted_at
  const choices = caseDecisions.filter((each) => {
    if (each === 'keep') return true
    return each === 'hide' || each === 'delete' ? isThere : shown.author !== null
  })
  const isKept = decision === 'keep'

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = isKept ? undefined : note.take()
    if (said === null) return
    decide.mutate({
      id: shown.id,
      decision,
      expected: shown.revision,
      ...(said && { note: said }),
      ...(decision === 'suspend' && {
        until: new Date(Date.now() + Number(days) * day - 60_000).toISOString(),
      }),
    })
  }

  return (
    <section className={styles.part} aria-labelledby="decide">
      <h2 id="decide">{t('moderation.decide')}</h2>
      <form className={styles.form} onSubmit={submit} noValidate>
        <Radio.Group
          label={t('moderation.whatFollows')}
          value={decision}
          onChange={(value) => setDecision(CaseDecision.parse(value))}
        >
          <div className={styles.reasons}>
            {choices.map((each) => (
              <Radio
                key={each}
                value={each}
                label={t(`moderation.choices.${each}`)}
                description={t(`moderation.choicesHelp.${each}`)}
              />
            ))}
          </div>
        </Radio.Group>
        {decision === 'suspend' && (
          <NativeSelect
            label={t('moderation.pauseFor')}
            value={days}
            onChange={({ target }) => setDays(target.value)}
            data={pauses.map((count) => ({ value: String(count), label: t('moderation.days', { count }) }))}
          />
        )}
        {!isKept && <NoteField note={note} />}
        {decide.error && <Notice tone="danger">{sentence(decide.error)}</Notice>}
        <div className={styles.buttons}>
          <Button
            type="submit"
            loading={decide.isPending}
            {...((decision === 'delete' || decision === 'suspend') && { color: 'danger' })}
          >
            {t(`moderation.choices.${decision}`)}
          </Button>
        </div>
      </form>
    </section>
  )
}
