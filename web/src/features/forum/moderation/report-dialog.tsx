import { Button, Radio, Textarea } from '@mantine/core'
import { moderationLimits, ReportReason, reportReasons } from '@p2p/contracts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useReport } from './actions.ts'
import styles from './moderation.module.css'

type Props = { post: string; onClose: () => void }

/** Asks moderators to look at somebody else's post. */
export function ReportDialog({ post, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog opened onClose={onClose} title={t('moderation.report.title')}>
      <ReportForm post={post} onClose={onClose} />
    </Dialog>
  )
}

function ReportForm({ post, onClose }: { post: string; onClose: () => void }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const report = useReport(post)
  const [reason, setReason] = useState<ReportReason | null>(null)
  const [note, setNote] = useState('')
  const [isMissing, setIsMissing] = useState(false)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!reason) return setIsMissing(true)
    report.mutate({ reason, ...(note.trim() && { note: note.trim() }) })
  }

  if (report.isSuccess) {
    return (
      <div className={styles.form}>
        <Notice tone="done">{t('moderation.report.thanks')}</Notice>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t('ui.close')}</Button>
        </div>
      </div>
    )
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.lead}>{t('moderation.report.lead')}</p>
      <Radio.Group
        label={t('moderation.report.why')}
        value={reason}
        onChange={(value) => {
          setReason(ReportReason.parse(value))
          setIsMissing(false)
        }}
        error={isMissing && t('moderation.report.chooseWhy')}
      >
        <div className={styles.reasons}>
          {reportReasons.map((each) => (
            <Radio key={each} value={each} label={t(`moderation.reasons.${each}`)} />
          ))}
        </div>
      </Radio.Group>
      <Textarea
        label={t('moderation.report.note')}
        description={t('moderation.report.noteHelp')}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        maxLength={moderationLimits.reportNoteMax}
        autosize
        minRows={2}
        {...ownDirection}
      />
      {report.error && <Notice tone="danger">{sentence(report.error)}</Notice>}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('forum.cancel')}
        </Button>
        <Button type="submit" loading={report.isPending}>
          {t('moderation.report.send')}
        </Button>
      </div>
    </form>
  )
}
