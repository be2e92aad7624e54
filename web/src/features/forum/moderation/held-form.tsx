import { Button, Radio } from '@mantine/core'
import type { HeldPost } from '@p2p/contracts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Notice } from '../../../ui/notice.tsx'
import { useDecideHeld } from './actions.ts'
import styles from './moderation.module.css'
import { NoteField, useNote } from './note-field.tsx'

const choices = ['accept', 'refuse'] as const

export function HeldForm({ shown }: { shown: HeldPost }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const decide = useDecideHeld()
  const [choice, setChoice] = useState<string>('accept')
  const note = useNote()
  const accept = choice === 'accept'

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const said = accept ? undefined : note.take()
    if (said === null) return
    decide.mutate({ id: shown.id, accept, ...(said && { note: said }) })
  }

  return (
    <section className={styles.part} aria-labelledby="decide">
      <h2 id="decide">{t('moderation.decide')}</h2>
      <form className={styles.form} onSubmit={submit} noValidate>
        <Radio.Group label={t('moderation.whatFollows')} value={choice} onChange={setChoice}>
          <div className={styles.reasons}>
            {choices.map((each) => (
              <Radio
                key={each}
                value={each}
                label={t(`moderation.heldChoices.${each}`)}
                description={t(`moderation.heldChoicesHelp.${each}`)}
              />
            ))}
          </div>
        </Radio.Group>
        {!accept && <NoteField note={note} />}
        {decide.error && <Notice tone="danger">{sentence(decide.error)}</Notice>}
        <div className={styles.buttons}>
          <Button type="submit" loading={decide.isPending}>
            {t(accept ? 'moderation.heldChoices.accept' : 'moderation.heldChoices.refuse')}
          </Button>
        </div>
      </form>
    </section>
  )
}
