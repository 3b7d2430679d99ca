import { expect, test } from 'vitest'
import { jsonTeams } from '../../src/programs/import/json-teams.ts'
import { pagesOf } from '../../src/programs/import/pages.ts'

const pages = async (lines: readonly string[], after = 0) => {
  const read: number[][] = []
  for await (const { first, last, teams } of pagesOf(jsonTeams(lines, after))) read.push([first, last, teams.length])
  return read
}
const team = (grants = 0) => JSON.stringify({ teamId: 'acme', grants: Array(grants).fill({}) })

test('teams come in pages of what one call may have, with the numbers of their lines', async () => {
  expect(await pages(Array(2_500).fill(team()))).toEqual([
    [1, 1_000, 1_000],
    [1_001, 2_000, 1_000],
    [2_001, 2_500, 500],
  ])
  expect(await pages(Array(150).fill(team(100)))).toEqual([
    [1, 100, 100],
    [101, 150, 50],
  ])
  expect(await pages([team(), '', team(), team()], 1)).toEqual([[3, 4, 2]])
})

test('a line that is no team is named', async () => {
  await expect(pages([team(), '[]'])).rejects.toThrow('Line 2: it is no JSON object')
  await expect(pages(['{'])).rejects.toThrow('Line 1: it is no JSON object')
})
