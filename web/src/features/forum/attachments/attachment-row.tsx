import { VisuallyHidden } from '@mantine/core'
import { signDownload } from '@p2p/client'
import {
  IconDownload,
  IconFile,
  IconFileTypeDocx,
  IconFileTypePdf,
  IconFileTypePpt,
  IconFileTypeXls,
  IconRuler2,
  type TablerIcon,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../../lib/format.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { supabase } from '../../../lib/supabase.ts'
import type { AttachmentAttributes } from '../../../ui/rich-text/file-parts.tsx'
import styles from './attachment-row.module.css'

type Kind = 'pdf' | 'docx' | 'xlsx' | 'pptx' | 'drawing'

const icons: Record<Kind, TablerIcon> = {
  pdf: IconFileTypePdf,
  docx: IconFileTypeDocx,
  xlsx: IconFileTypeXls,
  pptx: IconFileTypePpt,
  drawing: IconRuler2,
}

const kinds = new Map<string, Kind>([
  ['application/pdf', 'pdf'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
  ['model/step', 'drawing'],
  ['model/iges', 'drawing'],
  ['model/stl', 'drawing'],
  ['model/3mf', 'drawing'],
  ['image/vnd.dxf', 'drawing'],
])

/** A document or drawing in a post: what it is, how large, and a press that downloads it. */
export function AttachmentRow({ attrs }: { attrs: AttachmentAttributes }) {
  const { file, name, size, type } = attrs
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  // Its address is asked for when it is wanted: one that waits in a page would run out.
  const download = useMutation({
    mutationFn: () => signDownload(supabase, file, name),
    onSuccess: (address) => window.location.assign(address),
  })
  const kind = kinds.get(type)
  const Icon = kind ? icons[kind] : IconFile
  return (
    <div className={styles.attachment}>
      <button
        type="button"
        className={styles.row}
        aria-busy={download.isPending}
        onClick={() => download.mutate()}
      >
        <Icon size={28} stroke={1.5} aria-hidden="true" />
        <span className={styles.words}>
          <span className={styles.name}>
            <bdi>{name}</bdi>
          </span>
          <span className={styles.facts}>
            {kind && `${t(`attachments.kinds.${kind}`)} · `}
            <bdi>{formatBytes(size, i18n.language)}</bdi>
          </span>
        </span>
        <VisuallyHidden>{t('attachments.download')}</VisuallyHidden>
        <IconDownload size={20} stroke={1.75} aria-hidden="true" />
      </button>
      {download.error && (
        <p className={styles.fault} role="alert">
          {sentence(download.error)}
        </p>
      )}
    </div>
  )
}
