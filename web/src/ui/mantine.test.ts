import { expect, test } from 'vitest'
import styles from './mantine.css?raw'

const files = import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true })
const sheets = Object.keys(
  import.meta.glob('../../../node_modules/@mantine/core/styles/*.layer.css', { exhaustive: true }),
).map((path) => path.replace(/^.*\/(.+)\.layer\.css$/, '$1'))

test('every component of Mantine that is shown has its style sheet', () => {
  const shown = Object.values(files).flatMap((text) =>
    [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names]) =>
      (names ?? '').split(',').map((name) => name.trim()),
    ),
  )
  const needed = new Set(shown.filter((name) => sheets.includes(name)))
  expect(needed).toContain('Button')
  const missing = [...needed].filter((name) => !styles.includes(`/${name}.layer.css"`))
  expect(missing).toEqual([])
})
