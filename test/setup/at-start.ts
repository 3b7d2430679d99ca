import { readFileSync } from 'node:fs'

/** The catalog `wevion` whose videos are charged when a hold is placed. Source: facts W8. */
export const videosAtStart = (): string =>
  readFileSync('catalogs/wevion.yaml', 'utf8')
    .replaceAll(/(\{ id: video\.[^}]+) \}/g, '$1, charge: at-start }')
    .replace('id: video.auto\n', 'id: video.auto\n        charge: at-start\n')
