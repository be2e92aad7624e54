import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type WatchedWord, watchActions, watchKinds } from '@p2p/contracts'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useSentence } from '../../../lib/sentence.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { FieldPair, ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { useRemoveWord, useSaveWord } from './actions.ts'
import styles from './moderation.module.css'
import { watchedWordsQuery } from './queries.ts'

const Kind = z.enum(watchKinds)
const Action = z.enum(watchActions)

/** What posts are looked through for, for platform admins. */
export function WordsPage() {
  const { t } = useTranslation()
  const words = useQuery(watchedWordsQuery)
  return (
    <Page title={t('moderation.words')} lead={t('moderation.wordsLead')}>
      <div className={styles.parts}>
        <WordForm />
        {words.isPending && <SkeletonList label={t('ui.loading')} rows={4} kind="row" />}
        {words.isError && !words.data && (
          <ErrorState error={words.error} onRetry={() => void words.refetch()} />
        )}
        {words.data?.length === 0 && (
          <EmptyState icon={<IconEye size={24} stroke={1.5} />} title={t('moderation.noWords')}>
            {t('moderation.noWordsHelp')}
          </EmptyState>
        )}
        {words.data && words.data.length > 0 && (
          <ul aria-label={t('moderation.words')}>
            {words.data.map((watched) => (
              <WordRow key={watched.id} watched={watched} />
            ))}
          </ul>
        )}
      </div>
    </Page>
  )
}

function WordForm() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const save = useSaveWord()
  const [word, setWord] = useState('')
  const [kind, setKind] = useState<z.infer<typeof Kind>>('word')
  const [action, setAction] = useState<z.infer<typeof Action>>('report')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ word, kind, action }, { onSuccess: () => setWord('') })
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextInput
        label={t('moderation.word')}
        description={t('moderation.wordHelp')}
        value={word}
        onChange={({ target }) => setWord(target.value)}
        maxLength={100}
        {...ownDirection}
      />
      <FieldPair>
        <NativeSelect
          label={t('moderation.kind')}
          value={kind}
          onChange={({ target }) => setKind(Kind.parse(target.value))}
          data={watchKinds.map((value) => ({ value, label: t(`moderation.kinds.${value}`) }))}
        />
        <NativeSelect
          label={t('moderation.whatFollows')}
          value={action}
          onChange={({ target }) => setAction(Action.parse(target.value))}
          data={watchActions.map((value) => ({ value, label: t(`moderation.watchActions.${value}`) }))}
        />
      </FieldPair>
      {save.error && <Notice tone="danger">{sentence(save.error)}</Notice>}
      <div className={styles.buttons}>
        <Button type="submit" loading={save.isPending}>
          {t('moderation.addWord')}
        </Button>
      </div>
    </form>
  )
}

function WordRow({ watched }: { watched: WatchedWord }) {
  const { t } = useTranslation()
  const remove = useRemoveWord()
  return (
    <li className={styles.word}>
      <div>
        <bdi>{watched.word}</bdi>
        <p className={styles.meta}>
          <span>{t(`moderation.kinds.${watched.kind}`)}</span>
          <span>{t(`moderation.watchActions.${watched.action}`)}</span>
        </p>
      </div>
      <Button
        variant="default"
        size="sm"
        loading={remove.isPending}
        aria-label={t('moderation.removeWord', { word: watched.word })}
        onClick={() => remove.mutate(watched.id)}
      >
        {t('moderation.remove')}
      </Button>
    </li>
  )
}
