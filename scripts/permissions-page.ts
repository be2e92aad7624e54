// Prints the permissions matrix as a page: `npm run docs:permissions`.
import { writeFile } from 'node:fs/promises'
import { actors, functionRules, tableRules } from '../sql/tests/permissions/index.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const head = (...first: string[]) => [row([...first, ...actors]), row([...first, ...actors].map(() => '---'))]

/** The page as it should stand in `sql/PERMISSIONS.md`. */
export const permissionsPage = () =>
  [
    '# Permissions',
    '',
    'Printed from `sql/tests/permissions` by `npm run docs:permissions`; every cell is a test.',
    '',
    '*pending*: address not verified · *deactivated*, *suspended*: the person, their company · *stranger*: active, of',
    'another company · *member*, *admin*: of the same company as Ada, who is the admin · *moderator*, *platform admin*: of the platform ·',
    '*service*: our own services with the secret key.',
    '',
    '## Tables',
    '',
    '**r** read · **c** create · **u** change · **d** delete',
    '',
    ...head('table', 'row'),
    ...tableRules.map(({ table, row: whose, can }) =>
      row([`\`${table}\``, whose, ...actors.map((actor) => can[actor] || '·')]),
    ),
    '',
    '## Functions',
    '',
    'What the call is answered: yes, the code of a refusal, or · where the call itself is denied.',
    '',
    ...head('function'),
    ...functionRules.map(({ name, can }) => row([name, ...actors.map((actor) => can[actor] ?? '·')])),
    '',
  ].join('\n')

if (import.meta.main) await writeFile(new URL('../sql/PERMISSIONS.md', import.meta.url), permissionsPage())
