import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { mustBeDocument } from './document.ts'

const office = 'application/vnd.openxmlformats-officedocument'
const text = (words: string) => Buffer.from(words, 'latin1')

/** An Office file as file(1) and Office itself tell one: by the type of its main part. */
function archive(main: string, folder: string): Buffer {
  const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/${folder}/main.xml" ContentType="${main}"/></Types>`
  const bytes = (words: string) => new Uint8Array(text(words))
  return Buffer.from(
    zipSync({ '[Content_Types].xml': bytes(types), [`${folder}/main.xml`]: bytes('<main/>') }),
  )
}

/** https://3mf.io/spec: a package whose main part is a model. */
function package3mf(): Buffer {
  const types =
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
  return Buffer.from(
    zipSync({
      '[Content_Types].xml': new Uint8Array(text(types)),
      '3D/3dmodel.model': new Uint8Array(text('<model unit="millimeter"/>')),
    }),
  )
}

const iges = `${'A drawing'.padEnd(72)}S      1\r\n${'1H,,1H;'.padEnd(72)}G      1\r\n`
const triangle = Buffer.alloc(84 + 50)
triangle.writeUInt32LE(1, 80)

const real: [string, string, Buffer][] = [
  ['a PDF', 'application/pdf', text('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF')],
  [
    'a Word document',
    `${office}.wordprocessingml.document`,
    archive(`${office}.wordprocessingml.document.main+xml`, 'word'),
  ],
  [
    'an Excel sheet',
    `${office}.spreadsheetml.sheet`,
    archive(`${office}.spreadsheetml.sheet.main+xml`, 'xl'),
  ],
  [
    'PowerPoint slides',
    `${office}.presentationml.presentation`,
    archive(`${office}.presentationml.presentation.main+xml`, 'ppt'),
  ],
  ['a 3MF file', 'model/3mf', package3mf()],
  ['a STEP file', 'model/step', text("ISO-10303-21;\n/* by hand */\nHEADER;\nFILE_DESCRIPTION((''),'2;1');")],
  ['an IGES file', 'model/iges', text(iges)],
  ['a DXF file', 'image/vnd.dxf', text('999\nby hand\n  0\nSECTION\n  2\nHEADER\n')],
  ['a binary DXF file', 'image/vnd.dxf', text('AutoCAD Binary DXF\r\n\x1a\0\0')],
  ['an STL file in words', 'model/stl', text('solid pump\n facet normal 0 0 1\n')],
  ['an STL file in bytes', 'model/stl', triangle],
]

describe('a document or drawing', () => {
  test.each(real)('%s is what it says', async (_, type, bytes) => {
    await mustBeDocument(bytes, type)
  })

  test.each(real)('%s is nothing else', async (_, type, bytes) => {
    for (const [, other] of real.filter(([, each]) => each !== type))
      await expect(mustBeDocument(bytes, other)).rejects.toMatchObject({ code: 'attachment_mismatch' })
  })

  test.each([
    ['a program', text('MZ\x90\0')],
    ['a page', text('<!doctype html><script>alert(1)</script>')],
    ['nothing', text('')],
    [
      'a Word document with macros',
      archive('application/vnd.ms-word.document.macroEnabled.main+xml', 'word'),
    ],
    [
      'a picture with a script',
      text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ],
    ['a page that a drawing follows', text('<script>alert(1)</script>\nISO-10303-21;\nHEADER;')],
    ['a document behind something else', Buffer.concat([text('MZ\x90\0'), text('%PDF-1.7\n')])],
    ['any archive', Buffer.from(zipSync({ 'a.exe': new Uint8Array([77, 90]) }))],
    ['an STL file that is cut off', triangle.subarray(0, 100)],
  ])('%s is none of them', async (_, bytes) => {
    for (const [, type] of real)
      await expect(mustBeDocument(bytes, type)).rejects.toMatchObject({ code: 'attachment_mismatch' })
  })

  test('whose list of types unfolds to a thousand times its size is refused before it is unfolded', async () => {
    const main = `${office}.wordprocessingml.document.main+xml`
    const types = new Uint8Array(20 * 1024 * 1024).fill(0x20)
    types.set(text(`<Types><Override PartName="/word/main.xml" ContentType="${main}"/>`))
    const bomb = Buffer.from(zipSync({ '[Content_Types].xml': types, 'word/main.xml': new Uint8Array(1) }))
    expect(bomb.length).toBeLessThan(types.length / 500)
    await expect(mustBeDocument(bomb, `${office}.wordprocessingml.document`)).rejects.toMatchObject({
      code: 'attachment_mismatch',
    })
  })

  // Read in every way there is, these would keep a worker busy for minutes.
  test('of nothing but comments is refused at once', async () => {
    const drawing = text(`ISO-10303-21;${'/**/'.repeat(34)}X`)
    await expect(mustBeDocument(drawing, 'model/step')).rejects.toMatchObject({ code: 'attachment_mismatch' })
    const said = text('ISO-10303-21;/***/ /* a * b\n**/\nHEADER;')
    await mustBeDocument(said, 'model/step')
  })

  test('of a type that is not taken, or too large, is refused as that', async () => {
    const [, , pdf] = real[0]!
    await expect(mustBeDocument(pdf, 'text/html')).rejects.toMatchObject({ code: 'attachment_type_refused' })
    await expect(mustBeDocument(pdf, 'constructor')).rejects.toMatchObject({
      code: 'attachment_type_refused',
    })
    const large = Buffer.alloc(25 * 1024 * 1024 + 1)
    await expect(mustBeDocument(large, 'application/pdf')).rejects.toMatchObject({
      code: 'attachment_too_large',
    })
  })
})
