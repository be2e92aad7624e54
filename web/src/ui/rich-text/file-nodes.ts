import { Node } from '@tiptap/core'
import { isAlt, isBytes, isFileName, isId, isMediaType, isPixels, must, orNull } from './allowed.ts'

const number = (text: string | undefined) => (text === undefined ? null : Number(text))

/** A picture that was uploaded. Addresses of pictures elsewhere are never stored: only a file of ours. */
export const Image = Node.create({
  name: 'image',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({
    file: { isRequired: true, rendered: false, validate: must(isId) },
    alt: { default: '', rendered: false, validate: must(isAlt) },
    width: { default: null, rendered: false, validate: must(orNull(isPixels)) },
    height: { default: null, rendered: false, validate: must(orNull(isPixels)) },
  }),
  parseHTML: () => [
    {
      tag: 'figure[data-image]',
      getAttrs: ({ dataset }) => {
        const attrs = { alt: dataset.alt ?? '', width: number(dataset.width), height: number(dataset.height) }
        const fits = isId(dataset.image) && isAlt(attrs.alt)
        return fits && orNull(isPixels)(attrs.width) && orNull(isPixels)(attrs.height)
          ? { file: dataset.image, ...attrs }
          : false
      },
    },
  ],
  renderHTML: ({ node: { attrs } }) => [
    'figure',
    {
      'data-image': attrs.file,
      'data-alt': attrs.alt,
      ...(attrs.width && { 'data-width': attrs.width }),
      ...(attrs.height && { 'data-height': attrs.height }),
    },
  ],
  renderText: ({ node }) => node.attrs.alt,
})

/** Any other file that was uploaded, as one line to download it. */
export const Attachment = Node.create({
  name: 'attachment',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({
    file: { isRequired: true, rendered: false, validate: must(isId) },
    name: { isRequired: true, rendered: false, validate: must(isFileName) },
    size: { isRequired: true, rendered: false, validate: must(isBytes) },
    type: { isRequired: true, rendered: false, validate: must(isMediaType) },
  }),
  parseHTML: () => [
    {
      tag: 'div[data-attachment]',
      getAttrs: ({ dataset: { attachment, name, type, ...rest } }) => {
        const size = number(rest.size)
        return isId(attachment) && isFileName(name) && isBytes(size) && isMediaType(type)
          ? { file: attachment, name, size, type }
          : false
      },
    },
  ],
  renderHTML: ({ node: { attrs } }) => [
    'div',
    {
      'data-attachment': attrs.file,
      'data-name': attrs.name,
      'data-size': attrs.size,
      'data-type': attrs.type,
    },
  ],
  renderText: ({ node }) => node.attrs.name,
})
