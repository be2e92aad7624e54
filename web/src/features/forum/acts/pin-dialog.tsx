import { Radio, TextInput } from '@mantine/core'
import { PinPlace, pinPlaces, type Topic } from '@p2p/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf } from '../../../lib/sentence.ts'
import styles from './act-dialog.module.css'
import { ActDialog } from './act-dialog.tsx'
import { usePinTopic } from './topic-acts.ts'

type Props = { topic: Topic; onClose: () => void }

/** A day as a date field has it, in the reader's own time. */
const dayOf = (date: Date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')

const inDays = (days: number) => {
  const date = new Date()
  date.setDate(date.getDate() + days)
  return dayOf(date)
}

export function PinDialog({ topic, onClose }: Props) {
  const { t } = useTranslation()
  const pin = usePinTopic(topic.id)
  const [place, setPlace] = useState<PinPlace>(topic.pinned_in ?? 'category')
  const [lastDay, setLastDay] = useState(topic.pinned_until ? dayOf(new Date(topic.pinned_until)) : '')
  // To the end of the day that was chosen.
  const until = lastDay ? new Date(`${lastDay}T23:59:59`).toISOString() : null
  return (
    <ActDialog
      title={t('acts.pin.title')}
      lead={t('acts.pin.lead')}
      action={t('acts.pin.action')}
      pending={pin.isPending}
      error={pin.error}
      onSubmit={() => pin.mutate({ place, until }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Radio.Group
        label={t('acts.pin.where')}
        value={place}
        onChange={(value) => setPlace(PinPlace.parse(value))}
      >
        <div className={styles.choices}>
          {pinPlaces.map((value) => (
            <Radio key={value} value={value} label={t(`acts.pin.${value}`)} />
          ))}
        </div>
      </Radio.Group>
      <TextInput
        type="date"
        label={t('acts.pin.until')}
        description={t('acts.pin.untilHelp')}
        value={lastDay}
        min={inDays(0)}
        max={inDays(364)}
        onChange={({ target }) => setLastDay(target.value)}
        error={refusalOf(pin.error)?.code === 'pin_invalid' && t('errors.pin_invalid')}
      />
    </ActDialog>
  )
}

export function UnpinDialog({ topic, onClose }: Props) {
  const { t } = useTranslation()
  const pin = usePinTopic(topic.id)
  return (
    <ActDialog
      title={t('acts.unpin.title')}
      lead={t('acts.unpin.lead')}
      action={t('acts.unpin.action')}
      pending={pin.isPending}
      error={pin.error}
      onSubmit={() => pin.mutate({ place: null, until: null }, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
