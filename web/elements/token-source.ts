/** The host's endpoint for tokens, as a source: it answers a POST, or where it knows none a GET, with the token as text or as `{ "token" }`. */
export const tokenFrom = (url: string) => async (): Promise<string> => {
  let response = await fetch(url, { method: 'POST', credentials: 'include' })
  if (response.status === 404 || response.status === 405) response = await fetch(url, { credentials: 'include' })
  if (!response.ok) throw new Error(`${url} answered with ${response.status}`)
  const text = (await response.text()).trim()
  return text.startsWith('{') ? String((JSON.parse(text) as { token?: unknown }).token ?? '') : text
}
