import { existsSync, type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

type Watched = {
  /** With all that is in them. */
  folders: Iterable<string>
  /** config.toml, .env: each may not be there yet. */
  files: string[]
}

/** Calls back when one of the files, or a source in one of the folders, changes. Returns what ends it. */
export function watchSources({ folders, files }: Watched, changed: () => void): () => void {
  const watchers: FSWatcher[] = []
  const on = (folder: string, recursive: boolean, matters: (file: string) => boolean) => {
    if (!existsSync(folder)) return
    const watcher = watch(folder, { recursive }, (_, file) => {
      if (file && matters(file)) changed()
    })
    watchers.push(watcher.on('error', () => {}))
  }
  for (const folder of folders) on(folder, true, isSource)
  // Editors write a new file and rename it: the folder is told, the old file is not.
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    const names = files.filter((file) => dirname(file) === folder).map((file) => basename(file))
    on(folder, false, (file) => names.includes(file))
  }
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

const isSource = (file: string) =>
  !file.includes('node_modules') && !file.includes('.test.') && !/(^|\/)\.(?!env)/.test(file)
