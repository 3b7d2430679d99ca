export const roles = ['VIEWER', 'MEMBER', 'ADMIN', 'PLATFORM'] as const

/** VIEWER reads; MEMBER also spends; ADMIN also buys and configures; PLATFORM (the operator's backend) acts for any team. */
export type Role = (typeof roles)[number]

export const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least)
