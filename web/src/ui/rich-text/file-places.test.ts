import { Editor, type JSONContent } from '@tiptap/core'
import { expect, test } from 'vitest'
import { type FileNode, FilePlaces, markPlace, putFile } from './file-places.ts'
import { schemaExtensions } from './schema.ts'

const file = (name: string): FileNode => ({
  type: 'attachment',
  attrs: { file: '00000000-0000-4000-8000-000000000001', name, size: 1, type: 'application/pdf' },
})
const paragraph = (text: string) =>
  text ? { type: 'paragraph', content: [{ type: 'text', text }] } : { type: 'paragraph' }
const writing = (...lines: string[]) =>
  new Editor({
    extensions: [...schemaExtensions, FilePlaces],
    content: { type: 'doc', content: lines.map(paragraph) },
  })
const told = (editor: Editor) =>
  (editor.getJSON().content ?? []).map(
    ({ attrs, content }: JSONContent) => attrs?.name ?? content?.[0]?.text ?? '',
  )

test('a file comes below the paragraph it was meant for, whatever is written meanwhile', () => {
  const editor = writing('one', 'two')
  const place = markPlace(editor, 3)
  editor.commands.insertContentAt(0, [paragraph('zero')])
  editor.commands.insertContentAt(editor.state.doc.content.size, [paragraph('three')])
  putFile(editor, file('a.pdf'), place)
  expect(told(editor)).toEqual(['zero', 'one', 'a.pdf', 'two', 'three'])
})

test('several for one place stand in the order they come in', () => {
  const editor = writing('one', 'two')
  const place = markPlace(editor, 3)
  for (const name of ['a.pdf', 'b.pdf']) putFile(editor, file(name), place)
  expect(told(editor)).toEqual(['one', 'a.pdf', 'b.pdf', 'two'])
})

test('an empty paragraph is left to write on, and so is the end', () => {
  const begun = writing('one', '')
  const place = markPlace(begun, begun.state.doc.content.size - 1)
  for (const name of ['a.pdf', 'b.pdf']) putFile(begun, file(name), place)
  expect(told(begun)).toEqual(['one', 'a.pdf', 'b.pdf', ''])

  const ended = writing('one')
  putFile(ended, file('a.pdf'), markPlace(ended, 2))
  expect(told(ended)).toEqual(['one', 'a.pdf', ''])
})

test('where its paragraph went, or the editor is another one, it comes to where one writes', () => {
  const cut = writing('one', 'two', 'three')
  const place = markPlace(cut, 7)
  cut.commands.deleteRange({ from: 5, to: 10 })
  putFile(cut, file('a.pdf'), place)
  expect(told(cut)).toContain('a.pdf')

  const other = writing('one', 'two')
  other.commands.setTextSelection(2)
  putFile(other, file('b.pdf'), place)
  expect(told(other)).toEqual(['one', 'b.pdf', 'two'])
})
