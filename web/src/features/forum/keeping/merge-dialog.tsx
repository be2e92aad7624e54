import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { TagEntry } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { tagsQuery } from '../asking/tags-query.ts'
import { useCategoryWords } from '../category-name.ts'
import { useMergeTags } from './actions.ts'
import styles from './keeping.module.css'

/** One tag goes and another takes its place. It can't be undone, so it asks for the name. */
export function MergeDialog({ tag, onClose }: { tag: TagEntry; onClose: () => void }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  const sentence = useSentence()
  const merge = useMergeTags()
  const tags = useQuery(tagsQuery)
  const others = (tags.data ?? []).filter(({ slug, retired_at }) => slug !== tag.slug && !retired_at)
  const [into, setInto] = useState(others[0]?.slug ?? '')
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState(false)
  const name = words.name(tag)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const isWrong = typed.trim() !== name
    setFault(isWrong)
    if (!isWrong && into) merge.mutate({ from: tag.slug, into }, { onSuccess: onClose })
  }
  return (
    <Dialog opened onClose={onClose} title={t('keeping.mergeTitle', { name })}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p className={styles.lead}>{t('keeping.mergeLead')}</p>
        <NativeSelect
          label={t('keeping.mergeInto')}
          value={into}
          onChange={({ target }) => setInto(target.value)}
          data={others.map((other) => ({ value: other.slug, label: words.name(other) }))}
        />
        <TextInput
          label={t('keeping.typeName', { name })}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          autoComplete="off"
          {...ownDirection}
          error={fault && t('keeping.nameDiffers')}
        />
        {merge.error && <Notice tone="danger">{sentence(merge.error)}</Notice>}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('forum.cancel')}
          </Button>
          <Button type="submit" color="danger" disabled={!into} loading={merge.isPending}>
            {t('keeping.merge')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
