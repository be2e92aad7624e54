import { Portal } from '@mantine/core'
import { IconQuote } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './quote-selection.module.css'

type Selected = { post: string; text: string }

/** The words that are selected within the text of one post. */
function selectedWords(): (Selected & { box: DOMRect }) | null {
  const selection = getSelection()
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const { commonAncestorContainer: within } = range
  const element = within instanceof Element ? within : within.parentElement
  const post = element?.closest<HTMLElement>('[data-quotable]')?.dataset.quotable
  const text = selection.toString().trim()
  return post && text ? { post, text, box: range.getBoundingClientRect() } : null
}

export function wordsSelectedIn(post: string): string | undefined {
  const words = selectedWords()
  return words?.post === post ? words.text : undefined
}

/** A button beside the words somebody has selected in a post. */
export function QuoteSelection({ onQuote }: { onQuote: (selected: Selected) => void }) {
  const { t } = useTranslation()
  const [words, setWords] = useState<ReturnType<typeof selectedWords>>(null)

  useEffect(() => {
    const look = () => setWords(selectedWords())
    document.addEventListener('selectionchange', look)
    addEventListener('resize', look)
    return () => {
      document.removeEventListener('selectionchange', look)
      removeEventListener('resize', look)
    }
  }, [])

  if (!words) return null
  const { box } = words
  return (
    <Portal>
      <button
        type="button"
        className={styles.button}
        style={{
          top: box.bottom + scrollY,
          // Words at the edge of a phone have it beside them, not half of it.
          left: `clamp(4rem, ${box.left + scrollX + box.width / 2}px, 100vw - 4rem)`,
        }}
        // The selection would be lost to the press.
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => {
          onQuote({ post: words.post, text: words.text })
          getSelection()?.removeAllRanges()
        }}
      >
        <IconQuote size={16} aria-hidden="true" />
        {t('thread.quote')}
      </button>
    </Portal>
  )
}
