import { expect, test } from 'vitest'
import { readPastedList } from './pasted-list.ts'

const read = (text: string) =>
  readPastedList(text).map(({ line, email, name, fault }) => [line, email, name, fault])

test('one address a line, with and without a name', () => {
  expect(
    read('ada@x.example\n\n نورة القحطاني <Noura@X.example>\r\n"Haddad, Omar" <omar@x.example>'),
  ).toEqual([
    [1, 'ada@x.example', null, null],
    [3, 'noura@x.example', 'نورة القحطاني', null],
    [4, 'omar@x.example', 'Haddad, Omar', null],
  ])
})

test('several in a line, however they are parted', () => {
  for (const line of ['a@x.example, b@x.example', 'a@x.example; b@x.example', 'a@x.example\tb@x.example']) {
    expect(read(line), line).toEqual([
      [1, 'a@x.example', null, null],
      [1, 'b@x.example', null, null],
    ])
  }
})

test('rows of a spreadsheet', () => {
  expect(read('Sara Ali\tsara@x.example\nOmar Haddad, omar@x.example\nlina@x.example\tLina Farouk')).toEqual([
    [1, 'sara@x.example', 'Sara Ali', null],
    [2, 'omar@x.example', 'Omar Haddad', null],
    [3, 'lina@x.example', 'Lina Farouk', null],
  ])
})

test('what is no address is said by its line, and one that comes twice counts once', () => {
  expect(read('Name, Email\nada@x\nada@x.example\nADA@x.example')).toEqual([
    [1, null, null, 'invalid'],
    [2, null, null, 'invalid'],
    [3, 'ada@x.example', null, null],
    [4, 'ada@x.example', null, 'duplicate'],
  ])
})
