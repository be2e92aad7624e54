import { attachmentExtensions, attachmentLimits, type DocumentType } from '@p2p/contracts'
import { fileTypeFromBuffer } from 'file-type'
import { BadPicture } from './picture.ts'

/**
 * Whether what was sent is the document or drawing it is said to be. PDF by its signature, Office files by what their
 * archive holds (one with macros calls itself otherwise in there), drawings by how their formats begin.
 */
export async function mustBeDocument(sent: Buffer, contentType: string): Promise<void> {
  if (sent.length > attachmentLimits.bytes) throw new BadPicture('attachment_too_large')
  if (!isDocumentType(contentType)) throw new BadPicture('attachment_type_refused')
  const looks = drawings[contentType]
  const fits = looks ? looks(sent) : (await fileTypeFromBuffer(sent))?.mime === contentType
  if (!fits) throw new BadPicture('attachment_mismatch')
}

const isDocumentType = (type: string): type is DocumentType => Object.hasOwn(attachmentExtensions, type)

const head = (sent: Buffer, length = 4_096) => sent.toString('latin1', 0, length)

const drawings: Partial<Record<DocumentType, (sent: Buffer) => boolean>> = {
  // ISO 10303-21, 6.2: the exchange structure begins and ends with its own name. A comment ends where it first can: with
  // more than one way to read them, many comments would be read for ever.
  'model/step': (sent) =>
    /^\s*ISO-10303-21\s*;\s*(?:\/\*(?:[^*]|\*(?!\/))*\*\/\s*)*HEADER\s*;/.test(head(sent)),
  // IGES 5.3, 2.2.1: lines of 80 columns, the 73rd naming the section (S comes first), the last seven its number.
  'model/iges': (sent) => /^[^\r\n]{72}S[ 0]{6}1\r?\n/.test(head(sent)),
  // The first pair, after comments (999), opens a section; the binary form has a sentinel of 22 bytes.
  'image/vnd.dxf': (sent) =>
    /^(\s*999\r?\n[^\r\n]*\r?\n)*\s*0\r?\n\s*SECTION\r?\n/.test(head(sent)) ||
    head(sent, 22) === 'AutoCAD Binary DXF\r\n\x1a\0',
  // As text, facets; as bytes, 80 of a header, a count, and 50 a facet.
  'model/stl': (sent) =>
    /^\s*solid[^\r\n]*\r?\n\s*(facet\s+normal|endsolid)/.test(head(sent)) ||
    (sent.length >= 84 && sent.length === 84 + 50 * sent.readUInt32LE(80)),
}
