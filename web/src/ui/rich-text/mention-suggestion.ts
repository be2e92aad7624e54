import { type Editor, Extension } from '@tiptap/core'
import { PluginKey } from '@tiptap/pm/state'
import { exitSuggestion, Suggestion, type SuggestionProps } from '@tiptap/suggestion'

/** Somebody who can be mentioned; `detail` tells people of one name apart. */
export type Suggested = { id: string; label: string; detail?: string }

export type MentionMenuState = Pick<
  SuggestionProps<Suggested, Suggested>,
  'items' | 'loading' | 'query' | 'command' | 'mount'
>

type Options = {
  /** Whom a name, or its beginning, means. What fails finds nobody. */
  find: (query: string) => Promise<readonly Suggested[]>
  onChange: (state: MentionMenuState | null) => void
  /** Whether the menu took the key. */
  onKey: (key: string) => boolean
}

const key = new PluginKey('mention')

function put(editor: Editor, range: { from: number; to: number }, { id, label }: Suggested) {
  const mention = { type: 'mention', attrs: { id, label: Array.from(label).slice(0, 160).join('') } }
  editor
    .chain()
    .focus()
    .insertContentAt(range, [mention, { type: 'text', text: ' ' }])
    .run()
}

/** Opens a menu of people behind an `@`; what it shows and which keys it takes is for the caller to draw. */
export const mentionSuggestion = ({ find, onChange, onKey }: Options) =>
  Extension.create({
    name: 'mentionSuggestion',
    addProseMirrorPlugins() {
      return [
        Suggestion<Suggested, Suggested>({
          editor: this.editor,
          pluginKey: key,
          char: '@',
          debounce: 150,
          allow: ({ state, range }) => {
            const { parent } = state.doc.resolve(range.from)
            return parent.type.name !== 'codeBlock'
          },
          items: async ({ query }) => [...(await find(query).catch(() => []))],
          command: ({ editor, range, props }) => put(editor, range, props),
          render: () => ({
            onStart: onChange,
            onUpdate: onChange,
            onExit: () => onChange(null),
            onKeyDown: ({ event, view }) => {
              if (event.key === 'Escape') {
                exitSuggestion(view, key)
                return true
              }
              return onKey(event.key)
            },
          }),
        }),
      ]
    },
  })
