import type pg from 'pg'

/** The server process that the server named when the connection began; a pooler names one that it made up. */
export const announcedProcess = (client: pg.Client): number | null =>
  // The typings lack it.
  (client as pg.Client & { readonly processID: number | null }).processID
