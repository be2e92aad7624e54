import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** What is built carries its content in its name: a browser that has it need not ask again. */
const keptForever: Plugin = {
  name: 'kept-forever',
  configurePreviewServer({ middlewares }) {
    middlewares.use('/assets', (_request, response, next) => {
      response.setHeader('cache-control', 'public, max-age=31536000, immutable')
      next()
    })
  },
}

export default defineConfig({
  plugins: [react(), keptForever],
  envDir: '..',
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  preview: { host: '127.0.0.1', port: 5173, strictPort: true },
  build: {
    target: 'baseline-widely-available',
    sourcemap: true,
    rolldownOptions: {
      // Else each icon that two pages show would be a file of its own.
      output: { codeSplitting: { groups: [{ name: 'icons', test: /@tabler/ }] } },
    },
  },
})
