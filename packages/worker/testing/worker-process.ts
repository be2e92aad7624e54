import { runWorker } from '../src/run.ts'
import { testWork } from './work.ts'

/** The worker as it runs in earnest, with jobs that a test can hold and break. */
await runWorker(testWork)
