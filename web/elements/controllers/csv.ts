/** A spreadsheet would run these as a formula. Source: OWASP, CSV Injection. */
const formula = /^[=+\-@\t\r]/
/** Signed numbers begin as formulas do, and are none. */
const number = /^[+-]?\d+(\.\d+)?$/

/** Text for spreadsheets, as RFC 4180 has it: lines end with CRLF, quotes are doubled. No cell can become a formula. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(value: string | number | null): string {
  const text = value === null ? '' : String(value)
  const safe = formula.test(text) && !number.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
