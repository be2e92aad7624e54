// Runs before anything is painted, so that language, direction and theme never flash. The app reads its first
// language from <html lang>. A file of its own, because a strict content security policy forbids inline scripts.
;(() => {
  const html = document.documentElement
  const kept = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }

  const wished =
    kept('language') ??
    navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ar' || tag === 'en')
  html.lang = wished === 'ar' ? 'ar' : 'en'
  html.dir = html.lang === 'ar' ? 'rtl' : 'ltr'

  const theme = kept('theme')
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  html.dataset.mantineColorScheme = dark ? 'dark' : 'light'
})()
