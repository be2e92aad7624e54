import { type Editor, Extension } from '@tiptap/core'
import { type EditorState, Plugin, PluginKey } from '@tiptap/pm/state'

/** A file that has been uploaded, or is known to be, as it stands in a document. */
export type FileNode =
  | { type: 'image'; attrs: { file: string; alt: string; width: number | null; height: number | null } }
  | { type: 'attachment'; attrs: { file: string; name: string; size: number; type: string } }

/** Puts a file into the text, at the place that was named when it was chosen. */
export type PutFile = (node: FileNode, place: string) => void

const key = new PluginKey<ReadonlyMap<string, number>>('filePlaces')
type Marked = { place: string; at: number }

/** Remembers where files on their way are to go, while somebody goes on writing around it. */
export const FilePlaces = Extension.create({
  name: 'filePlaces',
  addProseMirrorPlugins: () => [
    new Plugin<ReadonlyMap<string, number>>({
      key,
      state: {
        init: () => new Map(),
        apply(transaction, before) {
          const marked: Marked | undefined = transaction.getMeta(key)
          if (!marked && !transaction.docChanged) return before
          const now = new Map([...before].map(([place, at]) => [place, transaction.mapping.map(at, -1)]))
          return marked ? now.set(marked.place, marked.at) : now
        },
      },
    }),
  ],
})

/** Marks a position, the cursor's where none is given, and answers the name of the place. */
export function markPlace({ state, view }: Editor, at = state.selection.to): string {
  const marked: Marked = { place: crypto.randomUUID(), at }
  view.dispatch(state.tr.setMeta(key, marked))
  return marked.place
}

/**
 * Puts a file below the paragraph of its place, after those that are there already; in the place of an empty one, which
 * stays to write on. The cursor stays where it is. A place of another editor's is where one is writing.
 */
export function putFile(editor: Editor, node: FileNode, place: string): void {
  const { state } = editor
  const at = positionFor(state, key.getState(state)?.get(place) ?? state.selection.to)
  // Below a file that ends the text there would be nowhere to write on.
  const nodes = at === state.doc.content.size ? [node, { type: 'paragraph' }] : [node]
  editor.commands.insertContentAt(at, nodes, { updateSelection: false })
}

const files = new Set(['image', 'attachment'])

function positionFor({ doc }: EditorState, place: number): number {
  const found = doc.resolve(place)
  if (found.depth === 1 && found.parent.type.name === 'paragraph' && found.parent.content.size === 0) {
    return found.before(1)
  }
  let at = found.depth > 0 ? found.after(1) : place
  for (let next = doc.nodeAt(at); next && files.has(next.type.name); next = doc.nodeAt(at)) {
    at += next.nodeSize
  }
  return at
}
