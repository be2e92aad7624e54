import { Textarea } from '@mantine/core'
import { moderationLimits } from '@p2p/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownDirection } from '../../../ui/form.tsx'

/** A note while it is written; it stays where its field comes and goes. */
export function useNote() {
  const [text, setText] = useState('')
  const [isShort, setIsShort] = useState(false)
  const write = (typed: string) => {
    setText(typed)
    setIsShort(false)
  }
  /** What was said, or null where it is too short: then its field says so. */
  const take = () => {
    const said = text.trim()
    if (said.length >= moderationLimits.noteMin) return said
    setIsShort(true)
    return null
  }
  return { text, isShort, write, take }
}

/** Why something is decided, for whom it is decided about. */
export function NoteField({ note }: { note: ReturnType<typeof useNote> }) {
  const { t } = useTranslation()
  return (
    <Textarea
      label={t('moderation.note')}
      description={t('moderation.noteHelp')}
      value={note.text}
      onChange={({ target }) => note.write(target.value)}
      maxLength={moderationLimits.noteMax}
      autosize
      minRows={3}
      error={note.isShort && t('errors.reason_invalid')}
      {...ownDirection}
    />
  )
}
