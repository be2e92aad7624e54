import { defineConfig } from 'vitest/config'

const database = {
  setupFiles: ['packages/stack/testing/children-coverage.ts'],
  globalSetup: ['packages/stack/testing/postgres.ts'],
}

export default defineConfig({
  test: {
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
          testTimeout: 30_000,
          hookTimeout: 60_000,
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
          setupFiles: ['packages/stack/testing/children-coverage.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
})
