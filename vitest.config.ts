import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** It takes minutes; begun last, it would be left alone at the end. */
const longest = 'every-page.spec.ts'

/**
 * Stories keep a browser busy, the files of the other lane wait for Postgres and for clocks: each lane spread evenly over
 * the run, a story mostly runs beside something else. What is in neither is quick, or runs by itself in the end.
 */
const lanes = [['stories'], ['law', 'services', 'stack']]

class StoriesAmongOthers extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const places = new Map<TestSpecification, number>()
    for (const lane of lanes) {
      const alike = sorted.filter(({ project }) => lane.includes(project.name))
      for (const [place, file] of alike.entries()) places.set(file, (place + 0.5) / alike.length)
    }
    const placeOf = (file: TestSpecification) =>
      file.moduleId.endsWith(longest) ? 0 : (places.get(file) ?? 1)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

/** As long as a page is waited for (web/e2e/browser.ts): three files share two cores. */
const patient = { poll: { timeout: 20_000 } }

const database = {
  expect: patient,
  setupFiles: ['packages/stack/testing/children-coverage.ts'],
  globalSetup: ['packages/stack/testing/postgres.ts'],
}

export default defineConfig({
  test: {
    maxWorkers: 3,
    sequence: { sequencer: StoriesAmongOthers },
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['packages/*/src/**', 'packages/*/testing/**', 'functions/**', 'web/src/**', 'scripts/**'],
      exclude: [
        '**/*.test.*',
        '**/database.types.ts',
        '**/*.{json,css,html,mjml,sql,md}',
        // What measures and what runs the checks runs outside of the tests.
        'scripts/{bench,bench/*,ci,test-coverage,db-advisors}.ts',
      ],
      reporter: ['json'],
    },
    projects: [
      {
        test: {
          name: 'law',
          include: ['sql/tests/**/*.test.ts', 'packages/{contracts,database,client}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...database,
        },
      },
      {
        test: {
          name: 'services',
          include: ['packages/worker/**/*.test.ts', 'functions/**/*.test.ts', 'scripts/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          ...database,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['packages/stack/**/*.test.ts'],
          exclude: ['packages/stack/tests/conformance/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          ...database,
        },
      },
      {
        test: {
          // One stack for all of it, or another Supabase: see packages/stack/tests/conformance/README.md.
          name: 'conformance',
          include: ['packages/stack/tests/conformance/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: patient,
          setupFiles: ['packages/stack/testing/children-coverage.ts'],
          globalSetup: ['packages/stack/tests/conformance/target.ts'],
        },
      },
      {
        extends: './web/vite.config.ts',
        test: {
          name: 'web',
          include: ['web/src/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          // One test reads it as text; all other sheets are empty here.
          css: { include: /ui\/mantine\.css/ },
        },
      },
      {
        test: {
          name: 'stories',
          include: ['web/e2e/**/*.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: patient,
          globalSetup: ['web/e2e/built-site.ts'],
        },
      },
    ],
  },
})
