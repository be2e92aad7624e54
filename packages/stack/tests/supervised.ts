import { startTestStack } from '../testing/stack.ts'

/* A stack in a process of its own, which a test may kill. */
const [port, dir] = process.argv.slice(2)
const stack = await startTestStack({ port: Number(port), dir: dir ?? '' })
process.once('SIGTERM', () => void stack.stop().then(() => process.exit()))
process.stdout.write('ready\n')
