import { describe, expect, test } from 'vitest'
import { memberId } from '../../src/domain/identity.ts'
import {
  areTrees,
  groupsOfMember,
  type MemberGroup,
  maxGroupedMembers,
  maxGroups,
  noGroups,
} from '../../src/domain/member-group.ts'
import { decided, newTeam } from '../setup/deciding.ts'

const group = (id: string, parentId: string | null = null, ...members: string[]): MemberGroup => ({
  ...{ id, name: id, parentId, memberIds: members.map((one) => memberId(one)), isDeleted: false },
})
const chain = (length: number) =>
  Array.from({ length }, (_, level) => group(`g${level}`, level === 0 ? null : `g${level - 1}`))

describe('groups', () => {
  test('bound a member from its own group up to the root', () => {
    const groups = [group('house'), group('crew', 'house', 'ana'), group('other', 'house', 'ben')]
    expect(groupsOfMember(groups, memberId('ana'))).toEqual(['crew', 'house'])
    expect(groupsOfMember(groups, memberId('eve'))).toEqual([])
    expect(groupsOfMember(groups, null)).toEqual([])
  })

  test('cost a team without groups no list', () => {
    expect(groupsOfMember([], memberId('ana'))).toBe(noGroups)
  })

  test.each([
    ['five levels', chain(5), true],
    ['six levels', chain(6), false],
    ['a group above itself', [group('a', 'a')], false],
    ['a circle', [group('a', 'b'), group('b', 'a')], false],
    ['a parent that does not exist', [group('a', 'b')], false],
    ['a parent that was deleted', [group('a', 'b'), { ...group('b'), isDeleted: true }], false],
  ])('are trees or not: %s', (_, groups, expected) => {
    expect(areTrees(groups)).toBe(expected)
  })
})

describe('a team', () => {
  const set = (groups: readonly MemberGroup[], groupId: string, parentId: string | null = null) =>
    decided({ ...newTeam(), groups }, { kind: 'set-member-group', groupId, name: 'Name', parentId })

  test('has at most so many groups; a change and a deleted one do not count', () => {
    const full = Array.from({ length: maxGroups }, (_, number) => group(`${number}`))
    expect(set(full, 'more').outcome).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['groupId'] } })
    expect(set(full, '7').outcome.kind).toBe('done')
    const [first, ...rest] = full
    if (first === undefined) throw new Error('There is no group')
    expect(set([{ ...first, isDeleted: true }, ...rest], 'more').outcome.kind).toBe('done')
  })

  test('has at most so many members in groups, each with an id of at most 200 bytes', () => {
    const names = Array.from({ length: maxGroupedMembers }, (_, number) => `m${number}`)
    const move = (groups: readonly MemberGroup[], one: string) =>
      decided({ ...newTeam(), groups }, { kind: 'move-member', memberId: memberId(one), groupId: 'crew' }).outcome
    const full = [group('crew'), group('house', null, ...names)]
    expect(move(full, 'm7').kind).toBe('done')
    expect(move(full, 'more')).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['memberId'] } })
    expect(move([group('crew')], 'é'.repeat(100)).kind).toBe('done')
    expect(move([group('crew')], 'é'.repeat(101))).toMatchObject({
      failure: { code: 'INVALID_INPUT', path: ['memberId'] },
    })
  })

  test('moves a subtree only where it still has five levels', () => {
    const groups = [...chain(4), group('top'), group('sub', 'top')]
    expect(set(groups, 'top', 'g2').outcome).toMatchObject({ kind: 'done' })
    expect(set(groups, 'top', 'g3').outcome).toMatchObject({ failure: { code: 'INVALID_INPUT', path: ['parentId'] } })
  })
})
