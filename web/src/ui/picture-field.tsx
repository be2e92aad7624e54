import { Button, FileButton, Progress } from '@mantine/core'
import { Refusal } from '@p2p/client'
import { type Picture, type Purpose, pictureTypes } from '@p2p/contracts'
import { IconPhotoPlus, IconTrash } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePictureUpload } from '../lib/picture-upload.ts'
import { useSentence } from '../lib/sentence.ts'
import { Dialog } from './dialog.tsx'
import { Notice } from './notice.tsx'
import styles from './picture-field.module.css'

// Its code is fetched when somebody chooses a picture.
const PictureCropper = lazy(() => import('./cropper.tsx'))

type Props = {
  purpose: Purpose
  label: string
  help: string
  picture: Picture | null
  /** How others see it now. */
  shown: ReactNode
  /** After it was changed or taken away: reads it anew. */
  onChange: () => Promise<unknown>
}

/** Chooses, cuts and sends a picture, and says what becomes of it. It is saved by itself, apart from the form around. */
export function PictureField({ purpose, label, help, picture, shown, onChange }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const { step, send, remove } = usePictureUpload(purpose, onChange)
  const [source, setSource] = useState<string | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const reset = useRef<() => void>(null)
  useEffect(() => () => void (source && URL.revokeObjectURL(source)), [source])

  const busy = step.name !== 'idle' || remove.isPending
  const error = fault ?? send.error ?? remove.error
  const begin = () => {
    setFault(null)
    send.reset()
    remove.reset()
  }
  const choose = (file: File | null) => {
    reset.current?.()
    if (!file) return
    begin()
    if (pictureTypes.includes(file.type)) setSource(URL.createObjectURL(file))
    else setFault(new Refusal('file_type_refused', 'This is no picture.'))
  }
  const close = () => setSource(null)

  return (
    <section className={styles.field} aria-label={label} aria-busy={busy}>
      <div className={styles.shown}>{shown}</div>
      <div className={styles.side}>
        <p className={styles.label}>{label}</p>
        <p className={styles.help}>{help}</p>
        <div className={styles.actions}>
          <FileButton resetRef={reset} onChange={choose} accept={pictureTypes.join(',')}>
            {(button) => (
              <Button
                {...button}
                variant="default"
                disabled={busy}
                leftSection={<IconPhotoPlus size={18} aria-hidden="true" />}
              >
                {t(picture ? 'ui.picture.change' : 'ui.picture.choose')}
              </Button>
            )}
          </FileButton>
          {picture && (
            <Button
              variant="subtle"
              color="danger"
              disabled={busy}
              loading={remove.isPending}
              leftSection={<IconTrash size={18} aria-hidden="true" />}
              onClick={() => {
                begin()
                remove.mutate()
              }}
            >
              {t('ui.picture.remove')}
            </Button>
          )}
        </div>
        <div role="status" className={styles.state}>
          {step.name === 'sending' && t('ui.picture.sending')}
          {step.name === 'making' && t('ui.picture.making')}
          {step.name === 'idle' && send.isSuccess && t('ui.picture.done')}
          {step.name === 'idle' && remove.isSuccess && t('ui.picture.removed')}
        </div>
        {step.name !== 'idle' && (
          <Progress
            value={step.name === 'sending' ? step.share * 100 : 100}
            animated={step.name === 'making'}
            aria-label={t('ui.picture.progress')}
          />
        )}
        {error !== null && <Notice tone="danger">{sentence(error)}</Notice>}
      </div>
      <Dialog opened={source !== null} onClose={close} title={t('ui.picture.cropTitle')} size="lg">
        {source && (
          <Suspense fallback={<div className={styles.stage} data-loading />}>
            <PictureCropper
              source={source}
              shape={purpose === 'avatar' ? 'round' : 'square'}
              onCut={(cut) => {
                close()
                send.mutate(cut)
              }}
              onUnreadable={() => {
                close()
                setFault(new Refusal('file_unreadable', 'The browser cannot read this picture.'))
              }}
              onCancel={close}
            />
          </Suspense>
        )}
      </Dialog>
    </section>
  )
}
