/** The frame of every page is in its HTML, so that it is painted before any script: see `frame.html`. */
const part = (selector: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`The frame has no ${selector}`)
  return found
}

part('.frame button').addEventListener('click', () => {
  const dark = document.documentElement.classList.toggle('wa-dark')
  localStorage.setItem('credits.theme', dark ? 'dark' : 'light')
})

/** Shows this as the page, and this in the frame. */
export function showPage(page: Node, ...end: readonly Node[]): void {
  part('main').replaceChildren(page)
  part('.frame .end').append(...end)
}
