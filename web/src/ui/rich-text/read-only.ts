import { createContext, useContext } from 'react'

/** Whether what stands in an editor is on its way and must stay as it is, for the files in the text too. */
export const ReadOnly = createContext(false)
export const useReadOnly = () => useContext(ReadOnly)
