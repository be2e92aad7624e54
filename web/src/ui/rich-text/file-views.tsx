import { ActionIcon, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type NodeViewProps, NodeViewWrapper, ReactNodeViewRenderer } from '@tiptap/react'
import { useTranslation } from 'react-i18next'
import { ownEnter } from '../form.tsx'
import { Attachment, Image } from './file-nodes.ts'
import { DocumentAttachment, DocumentImage } from './file-parts.tsx'
import styles from './files.module.css'
import { useReadOnly } from './read-only.ts'

function ImageView({ node, selected, updateAttributes, deleteNode }: NodeViewProps) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  return (
    <NodeViewWrapper as="figure" className={styles.writable} data-selected={selected || undefined}>
      <DocumentImage attrs={node.attrs} />
      <Remove label={t('ui.picture.remove')} onClick={deleteNode} />
      <TextInput
        className={styles.alt}
        size="xs"
        dir="auto"
        aria-label={t('ui.picture.alt')}
        placeholder={t('ui.picture.alt')}
        maxLength={300}
        readOnly={readOnly}
        value={String(node.attrs.alt ?? '')}
        onChange={(event) => updateAttributes({ alt: event.currentTarget.value })}
        {...ownEnter}
      />
    </NodeViewWrapper>
  )
}

function AttachmentView({ node, selected, deleteNode }: NodeViewProps) {
  const { t } = useTranslation()
  return (
    <NodeViewWrapper className={styles.writable} data-selected={selected || undefined}>
      <DocumentAttachment attrs={node.attrs} />
      <Remove label={t('ui.file.remove')} onClick={deleteNode} />
    </NodeViewWrapper>
  )
}

function Remove({ label, onClick }: { label: string; onClick: () => void }) {
  const readOnly = useReadOnly()
  return (
    <ActionIcon
      variant="default"
      size="md"
      aria-label={label}
      title={label}
      disabled={readOnly}
      onClick={onClick}
    >
      <IconTrash size={16} aria-hidden="true" />
    </ActionIcon>
  )
}

/** Pictures and attachments as one writes around them: they can be described and taken out again. */
export const writableFiles = [
  Image.extend({ addNodeView: () => ReactNodeViewRenderer(ImageView) }),
  Attachment.extend({ addNodeView: () => ReactNodeViewRenderer(AttachmentView) }),
]
