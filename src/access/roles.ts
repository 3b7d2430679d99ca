export const roles = ['VIEWER', 'MEMBER', 'ADMIN', 'PLATFORM'] as const

/** VIEWER reads; MEMBER also spends; ADMIN also buys and configures; PLATFORM (the operator's backend) acts for any team. */
export type Role = (typeof roles)[number]

export const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least)

/** The role that a token names, in any case; undefined for any other text. */
export const readRole = (text: string): Role | undefined => roles.find((role) => role === text.toUpperCase())
