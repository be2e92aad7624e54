/** Shown instead of an empty page to whoever runs the web without telling it where Supabase is. */
export function explainMissingEnv(root: HTMLElement, faults: string): void {
  const text = (tag: string, words: string) =>
    Object.assign(document.createElement(tag), { textContent: words })
  root.style.cssText =
    'max-inline-size: 40rem; margin: 4rem auto; padding-inline: 1rem; font-family: system-ui'
  root.append(
    text('h1', 'The web app does not know its Supabase'),
    text(
      'p',
      'Set these variables, for example in .env beside .env.example, or start everything with npm start:',
    ),
    text('pre', faults),
  )
}
