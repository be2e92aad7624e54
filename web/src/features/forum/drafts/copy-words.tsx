import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { useCopyWords } from './queries.ts'

/** The words are theirs, wherever they were meant for. */
export function CopyWords({ wordsOf }: { wordsOf: () => unknown }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const copy = useCopyWords()
  return (
    <p role="status">
      <Button
        variant="subtle"
        size="compact-sm"
        px={0}
        me="sm"
        loading={copy.isPending}
        onClick={() => copy.mutate(wordsOf)}
      >
        {t('drafts.copy')}
      </Button>
      {copy.isSuccess && t('drafts.copied')}
      {copy.error && sentence(copy.error)}
    </p>
  )
}
