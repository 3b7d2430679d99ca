// The frame and the first words are painted before the code of the controls runs.
requestAnimationFrame(() => setTimeout(() => import('./start.ts')))
