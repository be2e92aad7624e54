import { readEnv } from './lib/env.ts'

const { faults } = readEnv(import.meta.env)
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

if (faults === null) {
  const { mount } = await import('./app/mount.tsx')
  await mount(root)
} else {
  const { explainMissingEnv } = await import('./app/missing-env.ts')
  explainMissingEnv(root, faults)
}
