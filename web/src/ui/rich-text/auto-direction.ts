import { Extension } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'

// They turn as one, with their marker, bar or columns; the blocks in them align themselves.
const turning = new Set(['listItem', 'blockquote', 'table', 'tableCell', 'tableHeader'])

const direction = (node: Node, parent: Node | null) => {
  if (node.type.name === 'codeBlock') return 'ltr'
  // Before its first letter a block follows the page; `auto` would make it left to right.
  if (node.textContent === '') return null
  if (turning.has(node.type.name)) return 'auto'
  return node.isTextblock && parent?.type.name === 'doc' ? 'auto' : null
}

function decorate(document: Node): DecorationSet {
  const decorations: Decoration[] = []
  document.descendants((node, position, parent) => {
    const dir = direction(node, parent)
    if (dir) decorations.push(Decoration.node(position, position + node.nodeSize, { dir }))
    return !node.isTextblock
  })
  return DecorationSet.create(document, decorations)
}

/**
 * Gives every block its own direction while it is written, by the rule the renderer follows. TipTap's
 * `textDirection` would store a `dir` in each node, which the database refuses; a decoration is only seen.
 */
export const AutoDirection = Extension.create({
  name: 'autoDirection',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      state: {
        init: (_, state) => decorate(state.doc),
        apply: (transaction, decorations) =>
          transaction.docChanged ? decorate(transaction.doc) : decorations,
      },
      props: {
        decorations(state) {
          return this.getState(state)
        },
      },
    }),
  ],
})
