import { type DragEvent, useState } from 'react'

const bringsFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files')

/**
 * Files let go anywhere over an element: beside the text as well, where a browser would leave the page for them. What a
 * part of the element has taken already is not handed over again. While it takes nothing, nothing leaves the page either.
 */
export function useDropZone(take: ((transfer: DataTransfer) => unknown) | null, isOpen: boolean) {
  const [isOver, setOver] = useState(false)
  const zone = take && {
    onDragOver(event: DragEvent) {
      if (!bringsFiles(event)) return
      event.preventDefault()
      if (isOpen) setOver(true)
      else event.dataTransfer.dropEffect = 'none'
    },
    onDragLeave({ currentTarget, relatedTarget }: DragEvent) {
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false)
    },
    onDrop(event: DragEvent) {
      setOver(false)
      if (event.isDefaultPrevented() || !bringsFiles(event)) return
      event.preventDefault()
      if (isOpen) take(event.dataTransfer)
    },
  }
  return { isOver, zone }
}
