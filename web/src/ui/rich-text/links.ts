import { createContext, type ReactNode, useContext } from 'react'
import type { AttachmentAttributes, ImageAttributes } from './file-parts.tsx'

/** Where the things in a document lead: this folder knows neither people nor posts nor files. */
export type DocumentLinks = {
  /** The way to somebody, around their name. */
  mention?: (id: string, name: ReactNode) => ReactNode
  /** The way to a post that is quoted, around what says whose it is. */
  quote?: (post: string, words: ReactNode) => ReactNode
  /** A picture as it is shown. */
  picture?: (image: ImageAttributes) => ReactNode
  /** Any other file, as one line to have it. */
  attachment?: (file: AttachmentAttributes) => ReactNode
}

export const Links = createContext<DocumentLinks>({})
export const useLinks = () => useContext(Links)
