import { describe, expect, it } from 'vitest'
import { operatorId } from '../../src/access/viewer.ts'
import { memberId, teamId } from '../../src/domain/identity.ts'
import { fingerprintOf } from '../../src/resolvers/request/fingerprint.ts'
import { decodeId, decodeIdOf, decodeMemberId, encodeId, encodeMemberId } from '../../src/resolvers/request/ids.ts'

describe('an id', () => {
  it('names what it was made for, whatever the team is called', () => {
    for (const team of ['acme', 'a:b:c', 'Ünï', '🙂', ' ']) {
      const id = encodeId('Charge', 42, teamId(team))
      expect(id).toMatch(/^[\w-]+$/)
      expect(decodeId(id)).toEqual({ type: 'Charge', number: 42, place: 0, teamId: team })
    }
    expect(decodeId(encodeId('Event', '7.3', teamId('acme')))).toMatchObject({ type: 'Event', number: 7, place: 3 })
  })

  it('is only the very text that was handed out', () => {
    const id = encodeId('Hold', 7, teamId('acme'))
    expect(decodeId(id)).not.toBeNull()
    const of = (text: string) => Buffer.from(text).toString('base64url')
    for (const other of [
      ...[
        `${id}=`,
        ` ${id}`,
        `${id}\n`,
        'acme',
        '',
        of('Hold:07:acme'),
        of('Hold:-7:acme'),
        of('Hold:7:'),
        of('Wallet:7:acme'),
      ],
      ...[of('Hold:7.1:acme'), of('Event:7:acme'), of('Hold:9007199254740993:acme'), 'x'.repeat(5_000)],
    ]) {
      expect(decodeId(other), other).toBeNull()
    }
  })

  it("without a team is an API key or an act of the operator's, and nothing else", () => {
    for (const type of ['ApiKey', 'AuditRecord'] as const) {
      expect(decodeId(encodeId(type, 3, operatorId))).toEqual({ type, number: 3, place: 0, teamId: '' })
    }
    expect(decodeId(encodeId('Purchase', 3, operatorId))).toBeNull()
  })

  it('of one type stands for no other', () => {
    const id = encodeId('Hold', 7, teamId('acme'))
    expect(decodeIdOf('Hold', id)).not.toBeNull()
    expect(decodeIdOf('Charge', id)).toBeNull()
  })
})

describe("a member's id", () => {
  it('names the team and the member, whatever they are called', () => {
    const names = ['ana', 'a:b', '3:ana', 'Ünï', '🙂']
    const ids = names.flatMap((team) =>
      names.map((member) => {
        const place = { teamId: teamId(team), id: memberId(member) }
        expect(decodeMemberId(encodeMemberId(place))).toEqual(place)
        return encodeMemberId(place)
      }),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is only the very text that was handed out', () => {
    const id = encodeMemberId({ teamId: teamId('acme'), id: memberId('🙂') })
    const of = (text: string) => Buffer.from(text).toString('base64url')
    expect(decodeMemberId(id)).not.toBeNull()
    for (const other of [
      ...[`${id}=`, ` ${id}`, 'ana', '', of('Member:1:🙂acme'), of('Member:0:acme'), of('Member:3:ana')],
      ...[of('Member:03:anaacme'), of('Member:3:a\0aacme'), of('Hold:3:anaacme'), 'x'.repeat(5_000)],
    ]) {
      expect(decodeMemberId(other), other).toBeNull()
    }
  })
})

describe('a fingerprint', () => {
  it('depends on the mutation and its values alone, not on the order of keys', () => {
    const one = fingerprintOf('m', { a: 1n, b: [{ c: null, d: 'x' }] })
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(fingerprintOf('m', { b: [{ d: 'x', c: null }], a: 1n })).toBe(one)
    for (const other of [
      { a: 1, b: [{ c: null, d: 'x' }] },
      { a: 1n, b: [{ c: 'null', d: 'x' }] },
      { a: 1n, b: [] },
    ]) {
      expect(fingerprintOf('m', other)).not.toBe(one)
    }
    expect(fingerprintOf('n', { a: 1n, b: [{ c: null, d: 'x' }] })).not.toBe(one)
  })
})
