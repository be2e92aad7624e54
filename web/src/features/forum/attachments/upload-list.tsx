import { ActionIcon, Progress } from '@mantine/core'
import {
  IconFile,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatPercent } from '../../../lib/format.ts'
import { useOnline } from '../../../lib/online.ts'
import { useSentence } from '../../../lib/sentence.ts'
import styles from './upload-list.module.css'
import type { Upload } from './upload-state.ts'
import type { Uploads } from './uploads.ts'
import type { useUploads } from './use-uploads.ts'

/** `mayRetry` is false while the text itself is on its way, into which nothing can come any more. */
type Props = ReturnType<typeof useUploads> & { mayRetry: boolean }

/** What is on its way into a text, and what sending waits for. */
export function UploadList({ uploads, acts, waiting, mayRetry }: Props) {
  const { t } = useTranslation()
  return (
    <div className={styles.uploads}>
      {uploads.length > 0 && (
        <ul className={styles.list} aria-label={t('attachments.uploads')}>
          {uploads.map((upload) => (
            <Line key={upload.key} upload={upload} acts={acts} mayRetry={mayRetry} />
          ))}
        </ul>
      )}
      <p className={styles.waiting} role="status">
        {waiting > 0 && t('attachments.waiting', { count: waiting })}
      </p>
    </div>
  )
}

function Line({ upload, acts, mayRetry }: { upload: Upload; acts: Uploads; mayRetry: boolean }) {
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  const online = useOnline()
  const { file, step, share, error, control } = upload
  const name = `\u2068${file.name}\u2069`
  const percent = formatPercent(share, i18n.language)
  const state = {
    sending: t(online ? 'attachments.sending' : 'attachments.offline', { percent }),
    paused: t('attachments.paused', { percent }),
    checking: t('attachments.checking'),
    failed: sentence(error),
  }[step]
  return (
    <li className={styles.line} data-failed={step === 'failed' || undefined}>
      <IconFile size={20} stroke={1.5} aria-hidden="true" />
      <div className={styles.words}>
        <span className={styles.name}>
          <bdi>{file.name}</bdi>
        </span>
        <span className={styles.state}>
          <bdi>{formatBytes(file.size, i18n.language)}</bdi> · {state}
        </span>
        {step !== 'failed' && (
          <Progress
            size="xs"
            value={step === 'checking' ? 100 : share * 100}
            animated={step === 'checking'}
            aria-label={name}
          />
        )}
      </div>
      {step === 'sending' && control && (
        <Act
          Icon={IconPlayerPause}
          label={t('attachments.pause', { name })}
          onClick={() => acts.pause(upload)}
        />
      )}
      {step === 'paused' && (
        <Act
          Icon={IconPlayerPlay}
          label={t('attachments.resume', { name })}
          onClick={() => acts.resume(upload)}
        />
      )}
      {step === 'failed' && (
        <Act
          Icon={IconRefresh}
          label={t('attachments.retry', { name })}
          disabled={!mayRetry}
          onClick={() => acts.retry(upload)}
        />
      )}
      <Act Icon={IconX} label={t('attachments.remove', { name })} onClick={() => acts.remove(upload)} />
    </li>
  )
}

type ActProps = { Icon: TablerIcon; label: string; disabled?: boolean; onClick: () => void }

function Act({ Icon, label, disabled = false, onClick }: ActProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={18} stroke={1.75} aria-hidden="true" />
    </ActionIcon>
  )
}
