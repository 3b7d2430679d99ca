/** One colour a group: each has a contrast of at least 3:1 with the light and with the dark surface. */
export const groupColors = ['#6d6df0', '#119b9b', '#c8780a', '#d1477f', '#5b8a3a', '#7b8296'] as const

export const colorOf = (index: number): string => groupColors[index % groupColors.length] ?? groupColors[0]
