import { ActionIcon, Button, Slider } from '@mantine/core'
import { IconRotate, IconRotateClockwise } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import Cropper, { type Area } from 'react-easy-crop'
import 'react-easy-crop/react-easy-crop.css'
import { useTranslation } from 'react-i18next'
import { cutPicture } from '../lib/cut-picture.ts'
import styles from './cropper.module.css'

type Props = {
  /** Where the browser keeps the chosen file: a `blob:` address. */
  source: string
  /** A face fills its circle; a logo may stand within its square. */
  shape: 'round' | 'square'
  onCut: (picture: Blob) => void
  onUnreadable: () => void
  onCancel: () => void
}

const [step, pageStep] = [0.05, 90]

/** Which part of a picture is shown: dragged, pinched, or by the arrow keys and the two controls. */
export default function PictureCropper({ source, shape, onCut, onUnreadable, onCancel }: Props) {
  const { t } = useTranslation()
  const zoomLabel = useId()
  const image = useRef<HTMLImageElement | null>(null)
  const [crop, setCrop] = useState({ x: 0, y: 0 })
  const [zoom, setZoom] = useState(1)
  const [rotation, setRotation] = useState(0)
  const [area, setArea] = useState<Area | null>(null)
  const [working, setWorking] = useState(false)
  const minZoom = shape === 'square' ? 0.5 : 1
  const turn = (by: number) => setRotation((now) => (now + by + 360) % 360)

  const cut = async () => {
    if (!area || !image.current) return
    setWorking(true)
    await cutPicture(image.current, area, rotation).then(onCut, onUnreadable)
    setWorking(false)
  }

  return (
    <div className={styles.cropper}>
      <div className={styles.stage} dir="ltr">
        <Cropper
          image={source}
          crop={crop}
          zoom={zoom}
          rotation={rotation}
          aspect={1}
          minZoom={minZoom}
          maxZoom={4}
          cropShape={shape === 'round' ? 'round' : 'rect'}
          restrictPosition={shape === 'round'}
          showGrid={false}
          keyboardStep={8}
          disableAutomaticStylesInjection
          onCropChange={setCrop}
          onZoomChange={setZoom}
          onCropComplete={(_, pixels) => setArea(pixels)}
          setImageRef={(ref) => {
            image.current = ref.current
          }}
          mediaProps={{ alt: '', onError: onUnreadable }}
          cropperProps={{ 'aria-label': t('ui.picture.area'), role: 'application' }}
        />
      </div>
      <p className={styles.help}>{t('ui.picture.cropHelp')}</p>
      <div className={styles.controls}>
        <span id={zoomLabel}>{t('ui.picture.zoom')}</span>
        <Slider
          className={styles.zoom}
          value={zoom}
          onChange={setZoom}
          min={minZoom}
          max={4}
          step={step}
          label={null}
          thumbProps={{ 'aria-labelledby': zoomLabel }}
        />
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('ui.picture.turnLeft')}
          onClick={() => turn(-pageStep)}
        >
          <IconRotate size={18} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('ui.picture.turnRight')}
          onClick={() => turn(pageStep)}
        >
          <IconRotateClockwise size={18} aria-hidden="true" />
        </ActionIcon>
      </div>
      <div className={styles.actions}>
        <Button variant="default" onClick={onCancel}>
          {t('ui.picture.cancel')}
        </Button>
        <Button onClick={() => void cut()} loading={working} disabled={!area}>
          {t('ui.picture.use')}
        </Button>
      </div>
    </div>
  )
}
