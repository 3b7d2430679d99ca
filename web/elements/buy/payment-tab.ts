/**
 * Opens a payment page in a tab of its own, so that the page that embeds the dialog stays as it is: its conversation, its form, its token.
 * False where the browser does not let it; a link then does.
 */
export function openPaymentTab(url: string): boolean {
  const tab = window.open('', '_blank')
  if (tab === null) return false
  tab.opener = null
  tab.location.replace(url)
  return true
}
