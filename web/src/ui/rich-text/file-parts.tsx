import { IconFile, IconPhotoOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format.ts'
import { isAlt, isBytes, isFileName, isId, isMediaType, isPixels } from './allowed.ts'
import styles from './files.module.css'
import { useLinks } from './links.ts'

type Attributes = Record<string, unknown> | undefined

/** A picture in a document. Where its size is not known it is null. */
export type ImageAttributes = { file: string; alt: string; width: number | null; height: number | null }
/** Another file in a document; `size` in bytes. */
export type AttachmentAttributes = { file: string; name: string; size: number; type: string }

/** A picture, as whoever knows where files are shows it. */
export function DocumentImage({ attrs }: { attrs: Attributes }) {
  const { picture } = useLinks()
  const image = {
    file: isId(attrs?.file) ? attrs.file : '',
    alt: isAlt(attrs?.alt) ? attrs.alt : '',
    width: isPixels(attrs?.width) ? attrs.width : null,
    height: isPixels(attrs?.height) ? attrs.height : null,
  }
  return picture && image.file ? picture(image) : <MissingImage attrs={image} />
}

/** In the place of a picture that cannot be shown. */
export function MissingImage({ attrs: { alt, width, height } }: { attrs: ImageAttributes }) {
  const { t } = useTranslation()
  const shape = width && height ? { aspectRatio: `${width} / ${height}`, inlineSize: width } : {}
  return (
    <span className={styles.missing} style={shape}>
      <IconPhotoOff size={24} stroke={1.5} aria-hidden="true" />
      <span>{t('ui.picture.missing')}</span>
      {alt && <bdi>{alt}</bdi>}
    </span>
  )
}

/** A file as one line: its name, and how much one would download. */
export function DocumentAttachment({ attrs }: { attrs: Attributes }) {
  const { t, i18n } = useTranslation()
  const { attachment } = useLinks()
  const { file, name, size, type } = attrs ?? {}
  if (attachment && isId(file) && isFileName(name) && isBytes(size) && isMediaType(type)) {
    return attachment({ file, name, size, type })
  }
  return (
    <span className={styles.file}>
      <IconFile size={20} stroke={1.5} aria-hidden="true" />
      <bdi className={styles.name}>{isFileName(name) ? name : t('ui.file.unnamed')}</bdi>
      {isBytes(size) && <bdi className={styles.size}>{formatBytes(size, i18n.language)}</bdi>}
      <span className={styles.size}>{t('ui.file.missing')}</span>
    </span>
  )
}
