import type { PostFile } from '@p2p/contracts'
import { createContext } from 'react'

/** The files of the post around, by which its pictures have a blur before they come. */
export const PostFiles = createContext<readonly PostFile[]>([])
