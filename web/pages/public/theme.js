// Runs before the first paint, so that no page flashes in the other colours.
{
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const kept = () => {
    try {
      return localStorage.getItem('credits.theme')
    } catch {
      return null
    }
  }
  const apply = () => {
    const chosen = kept()
    document.documentElement.classList.toggle('wa-dark', chosen === null ? dark.matches : chosen === 'dark')
  }
  apply()
  dark.addEventListener('change', apply)
  addEventListener('storage', apply)
}
