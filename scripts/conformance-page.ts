// Prints which members of Supabase's clients the embedded stack serves, from the names of the conformance stories, into
// packages/stack/README.md: `npm run docs:conformance`.
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { surface } from '../packages/stack/tests/conformance/surface.ts'

const readme = new URL('../packages/stack/README.md', import.meta.url)
/** What stands below this line is printed. */
const line = '<!-- npm run docs:conformance -->'
/** How a story begins that tells of less than hosted has. */
const shortfall = /^(missing|differs|off): /

type Listed = { name: string; file: string }

/** The stories told of each member. Every one of them passes wherever the tests pass. */
function storiesByMember(): Map<string, string[]> {
  const output = execFileSync('vitest', ['list', '--project', 'conformance', '--json', '--static-parse'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const stories = new Map<string, string[]>()
  for (const { name, file } of JSON.parse(output) as Listed[]) {
    const [member = '', ...story] = name.split(' > ')
    const known = Object.values(surface).some((members) => members.includes(member))
    if (!known) throw new Error(`${file} tells of ${member}, which is no member of a client (surface.ts).`)
    stories.set(member, [...(stories.get(member) ?? []), story.join(' ')])
  }
  return stories
}

function answerOf(stories: string[] | undefined): string {
  if (!stories) return 'missing'
  const short = [...new Set(stories.filter((story) => shortfall.test(story)))]
  return short.length === 0 ? 'works' : short.join('; ').replaceAll('|', '\\|')
}

/** The table of one part, and how many of its members work. */
function section(part: string, members: string[], stories: Map<string, string[]>): string[] {
  const rows = members.map((member) => ({ member, answer: answerOf(stories.get(member)) }))
  const working = rows.filter(({ answer }) => answer === 'works').length
  return [
    `### ${part}: ${working} of ${members.length} work as hosted`,
    '',
    '| member | | stories |',
    '|---|---|---|',
    ...rows.map(
      ({ member, answer }) => `| \`${member}\` | ${answer} | ${stories.get(member)?.length ?? ''} |`,
    ),
    '',
  ]
}

/** packages/stack/README.md as it should stand. */
export async function stackReadme(): Promise<string> {
  const text = await readFile(readme, 'utf8')
  const stories = storiesByMember()
  const table = Object.entries(surface).flatMap(([part, members]) => section(part, members, stories))
  const [before, after] = text.split(line)
  if (after === undefined) throw new Error(`packages/stack/README.md has no place for the table: ${line}`)
  return `${before}${line}\n\n${table.join('\n')}`
}

if (import.meta.main) await writeFile(readme, await stackReadme())
